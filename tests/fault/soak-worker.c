/* nanovid: the soak's workers, each of which plays clips in random states
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "soak-worker.h"

#include <string.h>

#include <gst/gst.h>

#include "fixture/watchdog.h"

#define STEP_SECONDS 40

/* Each fault affects one request or a few; a request that is never answered
 * ends with http-timeout. */
static const char *const faults[] = {
  "submit#1:drop",
  "submit#1:reply-drop",
  "submit#1:reply-half",
  "submit#1:reply-stall",
  "submit#1:reply-status=502,shape=html",
  "submit#1:status=429,retry-after=0",
  "submit#1:status=503",
  "submit#1:status=401",
  "submit#1:delay=300",
  "submit#1-2:states=IN_PROGRESS/FAILED",
  "submit#1-2:states=CANCELLED",
  "recover#1:drop",
  "recover#1:html",
  "status#1:status=404",
  "status#1-3:drop",
  "status#1-3:status=500",
  "status#1:html",
  "status#1:reply-half",
  "status#1:stall",
  "status#1:delay=100",
  "status#1:status=200,body={\"data\":{\"status\":\"COMPLETED\"}}",
  "media#1-2:truncate=20000",
  "media#1:truncate=0",
  "media#1-3:drop",
  "media#1:no-ranges,truncate=30000",
  "media#1:no-length,truncate=30000",
  "media#1:no-length",
  "media#1:expire",
  "media#1:status=404",
  "media#1:status=500",
  "media#1:html",
  "media#1:stall",
  "media#1-2:drip=200000",
  "media#2:etag=\"other\"",
};

typedef struct
{
  Round *round;
  GRand *rand;
  char *prompt;
  gboolean transform; /* whether the element is nanovidtransform */
  GstElement *pipeline;
  GstElement *source;
  GByteArray *bytes;  /* since the last start */
  gboolean moved;     /* by a seek or a flush, so the bytes are not compared */
  gboolean delivered; /* at least once */
  gint64 start_time;
  GMutex lock; /* guards the fields shared with the streaming thread */
  guint allowed;
  GString *story; /* of the prompt, printed after a failure */
} Worker;

void
prompt_free (gpointer data)
{
  Prompt *prompt = data;

  g_free (prompt->story);
  g_free (prompt);
}

G_GNUC_PRINTF (2, 3)
static void
tell (Worker *self, const char *format, ...)
{
  va_list args;

  g_mutex_lock (&self->lock);
  g_string_append_printf (
      self->story, "\n  %.3f ", (g_get_real_time () - self->start_time) / 1e6);
  va_start (args, format);
  g_string_append_vprintf (self->story, format, args);
  va_end (args);
  g_mutex_unlock (&self->lock);
}

/* Reasons that end a wait without a fault of the element */
static const char *const reasons[] = { "not-authorized", "rate-limited",
  "image-required", "generation-failed", "cancelled", "timed-out",
  "submit-unknown", "network", "server", "bad-response", NULL };

void
round_count (Round *round, const char *word)
{
  g_mutex_lock (&round->lock);
  g_hash_table_insert (round->counts, g_strdup (word),
      GUINT_TO_POINTER (
          GPOINTER_TO_UINT (g_hash_table_lookup (round->counts, word)) + 1));
  g_mutex_unlock (&round->lock);
}

static gboolean
chance (Worker *self, double probability)
{
  return g_rand_double (self->rand) < probability;
}

/* Data */

static GstPadProbeReturn
on_data (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info, gpointer data)
{
  Worker *self = data;
  GstMapInfo map;

  g_mutex_lock (&self->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    if (gst_buffer_map (GST_PAD_PROBE_INFO_BUFFER (info), &map, GST_MAP_READ)) {
      g_byte_array_append (self->bytes, map.data, map.size);
      gst_buffer_unmap (GST_PAD_PROBE_INFO_BUFFER (info), &map);
    }
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info))
      == GST_EVENT_FLUSH_STOP) {
    self->moved = TRUE;
  } else if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info))
      == GST_EVENT_EOS) {
    self->delivered = TRUE;
  }
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
check_bytes (Worker *self, gboolean whole)
{
  gsize size;
  const char *clip = g_bytes_get_data (self->round->clip, &size);

  g_mutex_lock (&self->lock);
  if (!self->moved) {
    if (self->bytes->len > size
        || (self->bytes->len > 0
            && memcmp (self->bytes->data, clip, self->bytes->len) != 0))
      g_error ("%s: other bytes than the clip's", self->prompt);
    if (whole && self->bytes->len != size)
      g_error ("%s: EOS after %u of %" G_GSIZE_FORMAT " bytes", self->prompt,
          self->bytes->len, size);
  }
  g_mutex_unlock (&self->lock);
}

/* Messages */

static void
allow_submit (Worker *self)
{
  g_mutex_lock (&self->lock);
  self->allowed++;
  g_mutex_unlock (&self->lock);
}

static void
note_error (Worker *self, GstMessage *message)
{
  const GstStructure *details = NULL;
  const char *reason = NULL;

  gst_message_parse_error_details (message, &details);
  if (details)
    reason = gst_structure_get_string (details, "reason");
  /* Base classes and demuxers post errors of their own. */
  if (!reason)
    return;

  if (!g_strv_contains (reasons, reason))
    g_error ("%s: %s: %" GST_PTR_FORMAT, self->prompt, reason, message);
  round_count (self->round, reason);
  tell (self, "error %s", reason);
}

/* A sync handler sees every message, even if the bus is read or flushed elsewhere. */
static GstBusSyncReply
on_message (GstBus *bus G_GNUC_UNUSED, GstMessage *message, gpointer data)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    note_error (data, message);
  return GST_BUS_PASS;
}

/* One pipeline */

static void
set_up (Worker *self)
{
  gboolean transform = self->transform;
  g_autofree char *line = g_strdup_printf (
      "%s%s%s name=source prompt=\"%s\" api-key=sk-soak-0123456789 base-url=%s "
      "state-dir=%s timeout=4 retries=3 http-timeout=1 poll-interval=%d ! "
      "fakesink name=sink sync=false",
      transform ? "filesrc location=" : "", transform ? self->round->image : "",
      transform ? " ! nanovidtransform" : "nanovidsrc", self->prompt,
      nanogpt_simulator_get_base_url (self->round->simulator),
      self->round->state_dir, g_rand_int_range (self->rand, 2, 20));
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstBus) bus = NULL;

  self->pipeline = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  self->source = gst_bin_get_by_name (GST_BIN (self->pipeline), "source");
  pad = gst_element_get_static_pad (self->source, "src");
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM
          | GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      on_data, self, NULL);
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_set_sync_handler (bus, on_message, self, NULL);
  tell (self, "new pipeline");
  round_count (self->round, transform ? "nanovidtransform" : "nanovidsrc");
}

static void
set_state (Worker *self, GstState state)
{
  g_autofree char *step = g_strdup_printf (
      "%s to %s", self->prompt, gst_element_state_get_name (state));
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new (step, STEP_SECONDS);

  tell (self, "%s", gst_element_state_get_name (state));
  gst_element_set_state (self->pipeline, state);
  if (state > GST_STATE_READY)
    return;

  /* The next start plays from the beginning. */
  check_bytes (self, FALSE);
  g_mutex_lock (&self->lock);
  g_byte_array_set_size (self->bytes, 0);
  self->moved = FALSE;
  g_mutex_unlock (&self->lock);
}

static void
tear_down (Worker *self)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("dispose", STEP_SECONDS);

  set_state (self, GST_STATE_NULL);
  g_clear_object (&self->source);
  g_clear_object (&self->pipeline);
}

/* Reads the bus until EOS, an error, or the timeout. */
static void
wait_for_end (Worker *self, double seconds)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  GstMessageType types = GST_MESSAGE_EOS | GST_MESSAGE_ERROR;
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (
      bus, (GstClockTime)(seconds * GST_SECOND), types);

  if (!message || GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    return;
  tell (self, "EOS");
  round_count (self->round, "eos");
}

/* As with every source, an event that does not flush waits for a sink that is
 * paused or changing its state. This asks the sink, because two flushes in a
 * row can leave it paused in a pipeline whose own state is PLAYING. */
static gboolean
is_playing (Worker *self)
{
  g_autoptr (GstElement) sink =
      gst_bin_get_by_name (GST_BIN (self->pipeline), "sink");
  GstState state = GST_STATE_NULL;

  return gst_element_get_state (sink, &state, NULL, 0)
      == GST_STATE_CHANGE_SUCCESS
      && state == GST_STATE_PLAYING;
}

static void
seek (Worker *self)
{
  gint64 size = g_bytes_get_size (self->round->clip);
  gint64 start = g_rand_int_range (self->rand, 0, size);
  gint64 stop =
      chance (self, 0.3) ? g_rand_int_range (self->rand, start, size) + 1 : -1;
  GstSeekFlags flags = GST_SEEK_FLAG_FLUSH;
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("seek", STEP_SECONDS);

  g_mutex_lock (&self->lock);
  self->moved = TRUE;
  g_mutex_unlock (&self->lock);
  if (is_playing (self) && chance (self, 0.3))
    flags = 0;
  tell (
      self, "seek to %" G_GINT64_FORMAT "%s", start, flags ? ", flushing" : "");
  gst_element_seek (self->pipeline, 1, GST_FORMAT_BYTES, flags,
      GST_SEEK_TYPE_SET, start, GST_SEEK_TYPE_SET, stop);
}

static void
flush (Worker *self)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("flush", STEP_SECONDS);

  g_mutex_lock (&self->lock);
  self->moved = TRUE;
  g_mutex_unlock (&self->lock);
  tell (self, "flush");
  gst_element_send_event (self->source, gst_event_new_flush_start ());
  gst_element_send_event (self->source, gst_event_new_flush_stop (TRUE));
}

static void
send_eos (Worker *self)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("EOS event", STEP_SECONDS);

  if (!is_playing (self))
    return;
  /* After this, EOS comes before the end of the clip. */
  g_mutex_lock (&self->lock);
  self->moved = TRUE;
  g_mutex_unlock (&self->lock);
  tell (self, "EOS event");
  gst_element_send_event (self->pipeline, gst_event_new_eos ());
}

static void
look (Worker *self)
{
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new ("look", STEP_SECONDS);
  g_autofree char *run_id = NULL;
  g_autoptr (GstStructure) job = NULL;
  gint64 number;

  g_object_get (self->source, "run-id", &run_id, "job", &job, NULL);
  gst_element_query_position (self->pipeline, GST_FORMAT_BYTES, &number);
  gst_element_query_duration (self->pipeline, GST_FORMAT_BYTES, &number);
}

static void
step (Worker *self)
{
  gboolean started = GST_STATE_TARGET (self->pipeline) >= GST_STATE_PAUSED;

  /* A source applies events that it gets before the start to the start. */
  switch (g_rand_int_range (self->rand, started ? 0 : 4, 12)) {
    case 0:
    case 1:
      seek (self);
      break;
    case 2:
      flush (self);
      break;
    case 3:
      send_eos (self);
      break;
    case 4:
      set_state (self, GST_STATE_PAUSED);
      break;
    case 5:
      set_state (self, GST_STATE_NULL);
      break;
    case 6:
      set_state (self, GST_STATE_READY);
      break;
    case 7:
      look (self);
      break;
    case 8:
      tell (self, "forget");
      g_signal_emit_by_name (self->source, "forget");
      allow_submit (self);
      break;
    default:
      set_state (self, GST_STATE_PLAYING);
      break;
  }
  wait_for_end (self, g_rand_double (self->rand) * 0.06);
}

/* Plays from the beginning to any kind of end. */
static void
play (Worker *self)
{
  g_autofree char *name = g_strdup_printf ("%s: play", self->prompt);
  g_autoptr (FixtureWatchdog) watchdog =
      fixture_watchdog_new (name, STEP_SECONDS);
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  g_autoptr (GstMessage) message = NULL;

  set_state (self, GST_STATE_NULL);
  gst_bus_set_flushing (bus, TRUE);
  gst_bus_set_flushing (bus, FALSE);
  tell (self, "play");
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS) {
    check_bytes (self, TRUE);
    round_count (self->round, "whole clip");
  }
}

static void
run_cycle (Worker *self, int number)
{
  int steps = g_rand_int_range (self->rand, 1, 8);
  const char *fault =
      faults[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (faults))];
  Prompt *prompt;

  g_free (self->prompt);
  self->prompt = g_strdup_printf ("soak %d %d.", self->round->number, number);
  self->allowed = 1;
  self->delivered = FALSE;
  self->transform = chance (self, 0.25);
  self->start_time = g_get_real_time ();
  self->story = g_string_new (NULL);
  if (chance (self, 0.6)) {
    g_autoptr (GError) error = NULL;

    tell (self, "fault %s", fault);
    nanogpt_simulator_add_fault (self->round->simulator, fault, &error);
    g_assert_no_error (error);
  }
  set_up (self);
  set_state (self, GST_STATE_PLAYING);
  while (steps-- > 0)
    step (self);
  /* The same request gets the same job again, until the clip is delivered. */
  if (chance (self, 0.3)) {
    tear_down (self);
    if (self->delivered)
      allow_submit (self);
    set_up (self);
  }
  if (chance (self, 0.5))
    play (self);
  tear_down (self);

  prompt = g_new (Prompt, 1);
  prompt->allowed = self->allowed;
  prompt->start_time = self->start_time;
  prompt->story = g_string_free (g_steal_pointer (&self->story), FALSE);
  g_mutex_lock (&self->round->lock);
  g_hash_table_insert (self->round->prompts, g_strdup (self->prompt), prompt);
  g_mutex_unlock (&self->round->lock);
}

static gpointer
work (gpointer data)
{
  Worker *self = data;
  int number;

  while ((number = g_atomic_int_add (&self->round->left, -1)) > 0)
    run_cycle (self, number);
  return NULL;
}

void
round_run_workers (Round *round, int workers, GRand *rand)
{
  g_autofree Worker *all = g_new0 (Worker, workers);
  g_autofree GThread **threads = g_new0 (GThread *, workers);

  for (int i = 0; i < workers; i++) {
    all[i].round = round;
    all[i].rand = g_rand_new_with_seed (g_rand_int (rand));
    all[i].bytes = g_byte_array_new ();
    g_mutex_init (&all[i].lock);
    threads[i] = g_thread_new ("worker", work, &all[i]);
  }
  for (int i = 0; i < workers; i++) {
    g_thread_join (threads[i]);
    g_rand_free (all[i].rand);
    g_byte_array_unref (all[i].bytes);
    g_mutex_clear (&all[i].lock);
    g_free (all[i].prompt);
  }
}
