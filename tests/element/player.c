/* nanovid: a pipeline with its own simulator, and records of its messages and output
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element/player.h"

#include <string.h>

#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/watchdog.h"

#define PATIENCE 10.0

typedef gboolean (*Match) (GstMessage *message, gconstpointer data);

void
player_options_init (NanogptSimulatorOptions *options)
{
  nanogpt_simulator_options_init (options);
  options->generation_time = 0.2;
  options->cache_dir = fixture_media_cache_dir ();
}

static void
note (Player *self, const char *word)
{
  g_mutex_lock (&self->lock);
  if (!g_str_has_suffix (self->stream->str, word)) {
    if (self->stream->len > 0)
      g_string_append_c (self->stream, ' ');
    g_string_append (self->stream, word);
  }
  g_mutex_unlock (&self->lock);
}

static void
note_buffer (Player *self, GstBuffer *buffer)
{
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_mutex_lock (&self->lock);
  g_byte_array_append (self->bytes, map.data, map.size);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  gst_buffer_unmap (buffer, &map);
  note (self, "buffer");
}

static GstPadProbeReturn
on_data (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info, gpointer user_data)
{
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    note_buffer (user_data, GST_PAD_PROBE_INFO_BUFFER (info));
  else
    note (user_data, GST_EVENT_TYPE_NAME (GST_PAD_PROBE_INFO_EVENT (info)));
  return GST_PAD_PROBE_OK;
}

static GstBusSyncReply
on_message (GstBus *bus G_GNUC_UNUSED, GstMessage *message, gpointer user_data)
{
  Player *self = user_data;

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->messages, message);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return GST_BUS_DROP;
}

static void
set_up_source (Player *self)
{
  g_autoptr (GstPad) pad = NULL;

  self->source = gst_bin_get_by_name (GST_BIN (self->pipeline), "source");
  g_assert_nonnull (self->source);
  g_object_set (self->source, "base-url",
      nanogpt_simulator_get_base_url (self->simulator), "api-key", PLAYER_KEY,
      "poll-interval", 20, NULL);
  pad = gst_element_get_static_pad (self->source, "src");
  if (!pad)
    return;
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM
          | GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      on_data, self, NULL);
}

Player *
player_new (const NanogptSimulatorOptions *options, const char *format, ...)
{
  Player *self = g_new0 (Player, 1);
  NanogptSimulatorOptions defaults;
  g_autofree char *description = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GError) error = NULL;
  va_list args;

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->messages =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_message_unref);
  self->bytes = g_byte_array_new ();
  self->stream = g_string_new (NULL);

  player_options_init (&defaults);
  self->simulator =
      nanogpt_simulator_new (options ? options : &defaults, &error);
  g_assert_no_error (error);

  va_start (args, format);
  description = g_strdup_vprintf (format, args);
  va_end (args);
  self->pipeline = gst_parse_launch (description, &error);
  g_assert_no_error (error);
  if (!GST_IS_PIPELINE (self->pipeline)) {
    GstElement *element = self->pipeline;

    self->pipeline = gst_pipeline_new (NULL);
    gst_bin_add (GST_BIN (self->pipeline), element);
  }
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_set_sync_handler (bus, on_message, self, NULL);
  set_up_source (self);
  return self;
}

void
player_set_state (Player *self, GstState state)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new (gst_element_state_get_name (state), 10);

  g_assert_cmpint (gst_element_set_state (self->pipeline, state), !=,
      GST_STATE_CHANGE_FAILURE);
}

void
player_free (Player *self)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("stopping", 10);

  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->source);
  gst_object_unref (self->pipeline);
  nanogpt_simulator_free (self->simulator);
  g_ptr_array_unref (self->messages);
  g_byte_array_unref (self->bytes);
  g_string_free (self->stream, TRUE);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

void
player_reset (Player *self)
{
  player_set_state (self, GST_STATE_NULL);
  g_ptr_array_set_size (self->messages, 0);
  g_byte_array_set_size (self->bytes, 0);
  g_string_truncate (self->stream, 0);
}

/* Prints what a test was doing when its wait timed out. */
static void
dump (Player *self)
{
  for (guint i = 0; i < self->messages->len; i++) {
    GstMessage *message = self->messages->pdata[i];
    const GstStructure *structure = gst_message_get_structure (message);
    g_autofree char *text = NULL;

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_STATE_CHANGED)
      continue;
    text = structure ? gst_structure_to_string (structure) : g_strdup ("");
    g_test_message ("%s from %s %s", GST_MESSAGE_TYPE_NAME (message),
        GST_MESSAGE_SRC_NAME (message), text);
  }
  g_test_message ("%s; %u bytes", self->stream->str, self->bytes->len);
}

static void
wait_for (Player *self, const char *what, Match match, gconstpointer data)
{
  gint64 deadline = g_get_monotonic_time ()
      + (gint64)(fixture_scaled (PATIENCE) * G_USEC_PER_SEC);
  guint i = 0;

  g_mutex_lock (&self->lock);
  for (;;) {
    for (; i < self->messages->len; i++) {
      if (match (self->messages->pdata[i], data)) {
        g_mutex_unlock (&self->lock);
        return;
      }
    }
    if (!g_cond_wait_until (&self->cond, &self->lock, deadline)) {
      dump (self);
      g_error ("waited in vain for %s", what);
    }
  }
}

static gboolean
match_type (GstMessage *message, gconstpointer data)
{
  const GstMessageType *types = data;

  return !GST_MESSAGE_TYPE_IS_EXTENDED (message)
      && GST_MESSAGE_TYPE (message) & *types;
}

void
player_wait (Player *self, GstMessageType type)
{
  wait_for (self, "a message", match_type, &type);
}

static const char *
get_progress_name (GstMessage *message)
{
  static const char *const names[] = { "start", "continue", "complete",
    "canceled", "error" };
  GstProgressType type;
  g_autofree char *code = NULL;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_PROGRESS)
    return NULL;

  gst_message_parse_progress (message, &type, &code, NULL);
  g_assert_cmpstr (code, ==, "nanovid");
  return names[type];
}

static gboolean
match_progress (GstMessage *message, gconstpointer data)
{
  GstProgressType type;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_PROGRESS)
    return FALSE;

  gst_message_parse_progress (message, &type, NULL, NULL);
  return type == *(const GstProgressType *)data;
}

void
player_wait_progress (Player *self, GstProgressType type)
{
  wait_for (self, "progress", match_progress, &type);
}

static const char *
get_job_state (GstMessage *message)
{
  if (!gst_message_has_name (message, "nanovid-job"))
    return NULL;
  return gst_structure_get_string (
      gst_message_get_structure (message), "state");
}

static gboolean
match_job_state (GstMessage *message, gconstpointer data)
{
  return g_strcmp0 (get_job_state (message), data) == 0;
}

void
player_wait_job_state (Player *self, const char *state)
{
  wait_for (self, state, match_job_state, state);
}

void
player_wait_bytes (Player *self, gsize size)
{
  gint64 deadline = g_get_monotonic_time ()
      + (gint64)(fixture_scaled (PATIENCE) * G_USEC_PER_SEC);

  g_mutex_lock (&self->lock);
  while (self->bytes->len < size) {
    if (!g_cond_wait_until (&self->cond, &self->lock, deadline)) {
      dump (self);
      g_error ("waited in vain for %" G_GSIZE_FORMAT " bytes", size);
    }
  }
  g_mutex_unlock (&self->lock);
}

static char *
collect (Player *self, const char *(*get_word) (GstMessage *message))
{
  GString *words = g_string_new (NULL);
  const char *last = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->messages->len; i++) {
    const char *word = get_word (self->messages->pdata[i]);

    if (!word || g_strcmp0 (word, last) == 0)
      continue;
    g_string_append_printf (words, "%s%s", last ? " " : "", word);
    last = word;
  }
  g_mutex_unlock (&self->lock);
  return g_string_free (words, FALSE);
}

char *
player_get_progress (Player *self)
{
  return collect (self, get_progress_name);
}

char *
player_get_job_states (Player *self)
{
  return collect (self, get_job_state);
}

char *
player_get_progress_texts (Player *self)
{
  GString *texts = g_string_new (NULL);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->messages->len; i++) {
    GstMessage *message = self->messages->pdata[i];
    g_autofree char *text = NULL;

    if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_PROGRESS)
      continue;
    gst_message_parse_progress (message, NULL, NULL, &text);
    g_string_append_printf (texts, "%s\n", text);
  }
  g_mutex_unlock (&self->lock);
  return g_string_free (texts, FALSE);
}

const GstStructure *
player_get_error (Player *self, GError **error)
{
  const GstStructure *found = NULL;
  guint errors = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->messages->len; i++) {
    GstMessage *message = self->messages->pdata[i];
    const GstStructure *details = NULL;

    if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
      continue;
    errors++;
    gst_message_parse_error_details (message, &details);
    if (!details || !gst_structure_has_field (details, "reason"))
      continue;
    g_assert_null (found);
    g_assert_cmpuint (errors, ==, 1);
    found = details;
    gst_message_parse_error (message, error, NULL);
  }
  g_mutex_unlock (&self->lock);
  g_assert_nonnull (found);
  return found;
}

guint
player_count (Player *self, GstMessageType type)
{
  guint count = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->messages->len; i++) {
    if (GST_MESSAGE_TYPE (self->messages->pdata[i]) == type)
      count++;
  }
  g_mutex_unlock (&self->lock);
  return count;
}

void
player_run (Player *self)
{
  player_set_state (self, GST_STATE_PLAYING);
  player_wait (self, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (player_count (self, GST_MESSAGE_ERROR) > 0) {
    dump (self);
    g_error ("the pipeline failed");
  }
}

void
player_assert_bytes (Player *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (self->bytes->data, self->bytes->len, data, size);
}
