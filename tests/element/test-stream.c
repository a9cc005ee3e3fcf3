/* nanovid: tests of what nanovidsrc pushes, and where it starts from
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/base/gsttypefindhelper.h>
#include <string.h>
#include <unistd.h>

#include "element/player.h"
#include "fixture/env.h"
#include "fixture/media.h"

#define SOURCE "nanovidsrc name=source prompt=\"a lighthouse\" "

static Player *
play_file (const char *path, const char *sink)
{
  NanogptSimulatorOptions options;

  player_options_init (&options);
  options.media_file = path;
  return player_new (&options, SOURCE "! %s", sink);
}

static void
test_whole (gconstpointer data)
{
  g_autofree char *path = fixture_media_path (GPOINTER_TO_INT (data));
  g_autoptr (Player) player = play_file (path, "fakesink");
  g_autofree char *states = NULL;

  player_run (player);
  player_assert_bytes (player, path);
  g_assert_cmpstr (
      player->stream->str, ==, "stream-start caps segment tag buffer eos");
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
  states = player_get_job_states (player);
  g_assert_true (g_str_has_suffix (states, "complete"));
}

/* The caps are set before the first buffer, and do not change. */
static void
test_caps (gconstpointer data)
{
  g_autofree char *path = fixture_media_path (GPOINTER_TO_INT (data));
  g_autoptr (GBytes) bytes = fixture_media_bytes (GPOINTER_TO_INT (data));
  g_autoptr (Player) player = play_file (path, "fakesink");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (player->source, "src");
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GstCaps) answer = NULL;
  g_autoptr (GstCaps) expected = gst_type_find_helper_for_data (
      NULL, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);

  player_run (player);
  caps = gst_pad_get_current_caps (pad);
  g_assert_true (gst_caps_is_equal (caps, expected));
  answer = gst_pad_query_caps (pad, NULL);
  g_assert_true (gst_caps_is_equal (answer, expected));
}

static GstPadProbeReturn
check_buffer (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  guint64 *position = data;

  g_assert_cmpuint (GST_BUFFER_OFFSET (buffer), ==, *position);
  *position += gst_buffer_get_size (buffer);
  g_assert_cmpuint (GST_BUFFER_OFFSET_END (buffer), ==, *position);
  g_assert_cmpuint (gst_buffer_get_size (buffer), >, 0);
  g_assert_cmpuint (gst_buffer_get_size (buffer), <=, 1 << 20);
  return GST_PAD_PROBE_OK;
}

static void
test_buffers (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4_BIG);
  g_autoptr (Player) player = play_file (path, "fakesink");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (player->source, "src");
  guint64 position = 0;

  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER, check_buffer, &position, NULL);
  player_run (player);
  g_assert_cmpuint (position, ==, player->bytes->len);
  g_assert_cmpuint (position, >, 1 << 20);
}

static void
test_blocksize (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_autoptr (Player) player =
      play_file (path, "identity name=check ! fakesink");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (player->source, "src");

  g_object_set (player->source, "blocksize", 1000, "num-buffers", 3, NULL);
  player_run (player);
  g_assert_cmpuint (player->bytes->len, ==, 3000);
}

/* The first byte is pushed long before the last one arrives. */
static void
test_grows (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4_BIG);
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  g_autofree char *progress = NULL;

  player_options_init (&options);
  options.media_file = path;
  options.bandwidth = 100000;
  player = player_new (&options, SOURCE "! fakesink sync=false");
  player_set_state (player, GST_STATE_PLAYING);
  player_wait_bytes (player, 8192);
  progress = player_get_progress (player);
  g_assert_cmpstr (progress, ==, "start continue complete");
  g_assert_cmpuint (player_count (player, GST_MESSAGE_DURATION_CHANGED), ==, 1);
}

static GstTagList *
get_tags (Player *player)
{
  for (guint i = 0; i < player->messages->len; i++) {
    GstMessage *message = player->messages->pdata[i];
    GstTagList *tags;

    if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_TAG)
      continue;
    gst_message_parse_tag (message, &tags);
    return tags;
  }
  return NULL;
}

static void
assert_tags (const GstTagList *tags, const char *run_id)
{
  g_autofree char *title = NULL;
  g_autofree char *encoder = NULL;
  g_autofree char *comment = NULL;

  g_assert_true (gst_tag_list_get_string (tags, GST_TAG_TITLE, &title));
  g_assert_cmpstr (title, ==, "a lighthouse");
  g_assert_true (gst_tag_list_get_string (tags, GST_TAG_ENCODER, &encoder));
  g_assert_true (g_str_has_prefix (encoder, "nanovid 0."));
  g_assert_true (gst_tag_list_get_string (tags, GST_TAG_COMMENT, &comment));
  g_assert_nonnull (strstr (comment, "enerated video"));
  g_assert_nonnull (strstr (comment, "seedance-lite-video"));
  g_assert_nonnull (strstr (comment, run_id));
}

static void
test_tags (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_WEBM);
  g_autoptr (Player) player = play_file (path, "fakesink");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (player->source, "src");
  g_autoptr (GstEvent) event = NULL;
  g_autoptr (GstTagList) posted = NULL;
  g_autofree char *run_id = NULL;
  GstTagList *pushed;

  player_run (player);
  g_object_get (player->source, "run-id", &run_id, NULL);
  posted = get_tags (player);
  g_assert_nonnull (posted);
  assert_tags (posted, run_id);
  event = gst_pad_get_sticky_event (pad, GST_EVENT_TAG, 0);
  gst_event_parse_tag (event, &pushed);
  assert_tags (pushed, run_id);
}

/* Seeking */

static void
seek (Player *player, gint64 start, gint64 stop)
{
  g_assert_true (gst_element_seek (player->pipeline, 1, GST_FORMAT_BYTES,
      GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, start,
      stop < 0 ? GST_SEEK_TYPE_NONE : GST_SEEK_TYPE_SET, stop));
}

static void
assert_pushed (Player *player, const char *path, gsize start, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize whole;

  g_file_get_contents (path, &data, &whole, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (start + size, <=, whole);
  g_assert_cmpmem (player->bytes->data, player->bytes->len, data + start, size);
}

static void
test_seek_before_data (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_autoptr (Player) player = play_file (path, "fakesink");

  player_set_state (player, GST_STATE_READY);
  g_assert_true (gst_element_send_event (player->source,
      gst_event_new_seek (1, GST_FORMAT_BYTES, GST_SEEK_FLAG_NONE,
          GST_SEEK_TYPE_SET, 5000, GST_SEEK_TYPE_SET, 9000)));
  player_run (player);
  assert_pushed (player, path, 5000, 4000);
  g_assert_cmpstr (
      player->stream->str, ==, "stream-start caps segment tag buffer eos");
}

/* Ten flushing seeks during the job: there is one job, and the right bytes. */
static void
test_seek_in_wait (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_autoptr (Player) player = play_file (path, "fakesink async=false");
  g_autofree char *progress = NULL;

  player_set_state (player, GST_STATE_PLAYING);
  player_wait_progress (player, GST_PROGRESS_TYPE_CONTINUE);
  for (guint i = 1; i <= 10; i++)
    seek (player, i * 100, -1);
  player_wait (player, GST_MESSAGE_EOS);
  assert_pushed (player, path, 1000, player->bytes->len);
  g_assert_cmpuint (player->bytes->len, >, 1000);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
  progress = player_get_progress (player);
  g_assert_cmpstr (progress, ==, "start continue complete");
}

static void
test_seek_after_data (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4_BIG);
  g_autoptr (Player) player = play_file (path, "fakesink");
  guint media;

  player_set_state (player, GST_STATE_PAUSED);
  player_wait (player, GST_MESSAGE_ASYNC_DONE);
  for (guint i = 0; i < 10; i++)
    seek (player, i * 1000, -1);
  /* Nothing is pushed between the two seeks, as the seek waits for the sink. */
  seek (player, 200000, 300000);
  media = nanogpt_simulator_count_requests (
      player->simulator, NANOGPT_SIMULATOR_MEDIA);
  g_byte_array_set_size (player->bytes, 0);
  seek (player, 100000, 200000);
  player_run (player);
  g_assert_cmpuint (player->bytes->len, >=, 100000);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        player->simulator, NANOGPT_SIMULATOR_MEDIA),
      <=, media + 1);
}

static void
test_seek_past_the_end (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_autoptr (Player) player = play_file (path, "fakesink async=false");

  player_set_state (player, GST_STATE_READY);
  g_assert_true (gst_element_send_event (player->source,
      gst_event_new_seek (1, GST_FORMAT_BYTES, GST_SEEK_FLAG_FLUSH,
          GST_SEEK_TYPE_SET, G_GINT64_CONSTANT (1) << 40, GST_SEEK_TYPE_NONE,
          -1)));
  player_run (player);
  g_assert_cmpuint (player->bytes->len, ==, 0);
}

/* As from a file, data comes piece by piece from the stop to the start. */
static void
test_seek_backwards (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_autoptr (Player) player = play_file (path, "fakesink");
  g_autofree char *data = NULL;

  g_assert_true (g_file_get_contents (path, &data, NULL, NULL));
  g_object_set (player->source, "blocksize", 1000, NULL);
  player_set_state (player, GST_STATE_READY);
  g_assert_true (gst_element_send_event (player->source,
      gst_event_new_seek (-1, GST_FORMAT_BYTES, GST_SEEK_FLAG_NONE,
          GST_SEEK_TYPE_SET, 1500, GST_SEEK_TYPE_SET, 4000)));
  player_run (player);
  g_assert_cmpmem (player->bytes->data, 1000, data + 3000, 1000);
  g_assert_cmpmem (player->bytes->data + 1000, 1000, data + 2000, 1000);
  g_assert_cmpmem (
      player->bytes->data + 2000, player->bytes->len - 2000, data + 1500, 500);
}

/* A size that is not announced is known at the end at the latest. */
static void
test_late_size (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_autoptr (Player) player = play_file (path, "fakesink");
  gint64 duration = -1;

  g_assert_true (
      nanogpt_simulator_add_fault (player->simulator, "media:no-length", NULL));
  player_run (player);
  player_assert_bytes (player, path);
  g_assert_true (
      gst_element_query_duration (player->source, GST_FORMAT_BYTES, &duration));
  g_assert_cmpint (duration, ==, player->bytes->len);
  g_assert_cmpuint (player_count (player, GST_MESSAGE_DURATION_CHANGED), ==, 1);
}

static GstPadProbeReturn
check_size (GstPad *pad, GstPadProbeInfo *info G_GNUC_UNUSED, gpointer data)
{
  gboolean *known = data;
  gint64 duration;

  *known = gst_pad_query_duration (pad, GST_FORMAT_BYTES, &duration)
      && duration >= 0;
  return GST_PAD_PROBE_REMOVE;
}

/* A demuxer that has to seek for the index decides at the first buffer whether
 * it can. */
static void
test_late_size_with_index_last (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4_BIG);
  g_autoptr (Player) player = play_file (path, "fakesink");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (player->source, "src");
  gboolean known = FALSE;

  g_assert_true (
      nanogpt_simulator_add_fault (player->simulator, "media:no-length", NULL));
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, check_size, &known, NULL);
  player_run (player);
  g_assert_true (known);
  player_assert_bytes (player, path);
}

/* Queries and states that need no data cost nothing. */

static GstSchedulingFlags
query_scheduling (Player *player)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (player->source, "src");
  g_autoptr (GstQuery) query = gst_query_new_scheduling ();
  GstSchedulingFlags flags;

  g_assert_true (gst_pad_query (pad, query));
  g_assert_true (gst_query_has_scheduling_mode (query, GST_PAD_MODE_PUSH));
  g_assert_false (gst_query_has_scheduling_mode (query, GST_PAD_MODE_PULL));
  gst_query_parse_scheduling (query, &flags, NULL, NULL, NULL);
  return flags;
}

static void
ask_all (Player *player)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (player->source, "src");
  g_autoptr (GstCaps) caps = gst_pad_query_caps (pad, NULL);
  g_autoptr (GstQuery) seeking = gst_query_new_seeking (GST_FORMAT_BYTES);
  gint64 value;

  g_assert_cmpint (
      !(query_scheduling (player) & GST_SCHEDULING_FLAG_BANDWIDTH_LIMITED), ==,
      !GST_CHECK_VERSION (1, 26, 0));
  g_assert_true (query_scheduling (player) & GST_SCHEDULING_FLAG_SEEKABLE);
  g_assert_true (gst_caps_is_any (caps));
  g_assert_true (gst_pad_query (pad, seeking));
  g_assert_false (gst_pad_query_duration (pad, GST_FORMAT_TIME, &value));
  g_assert_true (gst_pad_query_duration (pad, GST_FORMAT_BYTES, &value));
  g_assert_cmpint (value, ==, -1);
  gst_pad_query_position (pad, GST_FORMAT_BYTES, &value);
}

static void
test_free_of_charge (void)
{
  g_autoptr (Player) player = player_new (NULL, SOURCE "! decodebin3");

  ask_all (player);
  player_set_state (player, GST_STATE_READY);
  ask_all (player);
  player_set_state (player, GST_STATE_NULL);
  player_set_state (player, GST_STATE_READY);
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        player->simulator, NANOGPT_SIMULATOR_ANY),
      ==, 0);
}

/* While the answer to a submit is pending, every query is answered, with no
 * values. */
static void
test_queries_in_wait (void)
{
  g_autoptr (Player) player = player_new (NULL, SOURCE "! fakesink");

  g_assert_true (nanogpt_simulator_add_fault (
      player->simulator, "status:delay=500", NULL));
  player_set_state (player, GST_STATE_PAUSED);
  player_wait_progress (player, GST_PROGRESS_TYPE_START);
  ask_all (player);
}

/* Once more */

static void
test_replay (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_autoptr (Player) player = play_file (path, "fakesink");
  g_autofree char *progress = NULL;
  guint requests;

  player_run (player);
  player_reset (player);
  /* The listing is fetched in parallel with the job. */
  g_assert_true (nanogpt_simulator_wait_requests (player->simulator,
      NANOGPT_SIMULATOR_MODELS, 1, fixture_scaled (10) * 1000));
  requests = nanogpt_simulator_count_requests (
      player->simulator, NANOGPT_SIMULATOR_ANY);
  player_run (player);
  player_assert_bytes (player, path);
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        player->simulator, NANOGPT_SIMULATOR_ANY),
      ==, requests);
  progress = player_get_progress (player);
  g_assert_cmpstr (progress, ==, "start complete");
}

static void
test_replay_after_stop (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_autoptr (Player) player = play_file (path, "fakesink");

  player_set_state (player, GST_STATE_PAUSED);
  player_wait_progress (player, GST_PROGRESS_TYPE_CONTINUE);
  player_reset (player);
  player_run (player);
  player_assert_bytes (player, path);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
}

static void
test_other_prompt (void)
{
  g_autoptr (Player) player = player_new (NULL, SOURCE "! fakesink");

  player_run (player);
  /* The property takes effect with the next start, whenever it is set. */
  g_object_set (player->source, "prompt", "a windmill", NULL);
  player_reset (player);
  player_run (player);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 2);
}

static void
test_forget (void)
{
  g_autoptr (Player) player = player_new (NULL, SOURCE "! fakesink");
  g_autoptr (GstStructure) job = NULL;

  player_run (player);
  player_reset (player);
  g_signal_emit_by_name (player->source, "forget");
  g_object_get (player->source, "job", &job, NULL);
  g_assert_null (job);
  player_run (player);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 2);

  /* The clip continues to play. */
  g_signal_emit_by_name (player->source, "forget");
  g_object_get (player->source, "job", &job, NULL);
  g_assert_nonnull (job);
  player_reset (player);
  player_run (player);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 3);
}

static void
test_run_id (void)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_autoptr (Player) player = play_file (path, "fakesink");
  g_autoptr (Player) other = NULL;
  g_autofree char *run_id = NULL;
  g_autofree char *texts = NULL;

  g_object_get (player->source, "run-id", &run_id, NULL);
  g_assert_null (run_id);
  player_run (player);
  g_object_get (player->source, "run-id", &run_id, NULL);
  g_assert_nonnull (run_id);

  other =
      player_new (NULL, "nanovidsrc name=source run-id=%s ! fakesink", run_id);
  g_object_set (other->source, "base-url",
      nanogpt_simulator_get_base_url (player->simulator), NULL);
  player_run (other);
  player_assert_bytes (other, path);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 1);
  texts = player_get_progress_texts (other);
  g_assert_nonnull (strstr (texts, run_id));
}

static GstPadProbeReturn
cut_off_clips (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info G_GNUC_UNUSED,
    gpointer data)
{
  const char *path = data;
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name = g_dir_read_name (dir);
  g_autofree char *clip = g_build_filename (path, name, NULL);

  g_assert_cmpint (truncate (clip, 0), ==, 0);
  return GST_PAD_PROBE_REMOVE;
}

/* A cached file is truncated during playback: this gives an error, and the next
 * start requests a new clip. */
static void
test_cut_off (void)
{
  g_autofree char *cache = fixture_make_dir ();
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_autoptr (Player) first = play_file (path, "fakesink");
  g_autoptr (Player) other =
      player_new (NULL, SOURCE "cache-dir=%s blocksize=4096 ! fakesink", cache);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (other->source, "src");
  g_autoptr (GError) error = NULL;
  const GstStructure *details;

  g_object_set (other->source, "base-url",
      nanogpt_simulator_get_base_url (first->simulator), NULL);
  g_object_set (first->source, "cache-dir", cache, NULL);
  player_run (first);
  player_set_state (first, GST_STATE_NULL);

  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER, cut_off_clips, cache, NULL);
  player_set_state (other, GST_STATE_PLAYING);
  player_wait (other, GST_MESSAGE_ERROR);
  details = player_get_error (other, &error);
  g_assert_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ);
  g_assert_cmpstr (
      gst_structure_get_string (details, "reason"), ==, "bad-response");
  g_assert_cmpuint (nanogpt_simulator_count_charges (first->simulator), ==, 1);

  player_reset (other);
  player_run (other);
  player_assert_bytes (other, path);
  g_assert_cmpuint (nanogpt_simulator_count_charges (first->simulator), ==, 2);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_data_func ("/stream/whole/index-first",
      GINT_TO_POINTER (FIXTURE_MEDIA_MP4), test_whole);
  g_test_add_data_func ("/stream/whole/index-last",
      GINT_TO_POINTER (FIXTURE_MEDIA_MP4_BIG), test_whole);
  g_test_add_data_func (
      "/stream/whole/webm", GINT_TO_POINTER (FIXTURE_MEDIA_WEBM), test_whole);
  g_test_add_data_func (
      "/stream/caps/mp4", GINT_TO_POINTER (FIXTURE_MEDIA_MP4), test_caps);
  g_test_add_data_func (
      "/stream/caps/webm", GINT_TO_POINTER (FIXTURE_MEDIA_WEBM), test_caps);
  g_test_add_func ("/stream/buffers", test_buffers);
  g_test_add_func ("/stream/blocksize", test_blocksize);
  g_test_add_func ("/stream/grows", test_grows);
  g_test_add_func ("/stream/tags", test_tags);
  g_test_add_func ("/stream/seek/before-data", test_seek_before_data);
  g_test_add_func ("/stream/seek/in-wait", test_seek_in_wait);
  g_test_add_func ("/stream/seek/after-data", test_seek_after_data);
  g_test_add_func ("/stream/seek/past-the-end", test_seek_past_the_end);
  g_test_add_func ("/stream/seek/backwards", test_seek_backwards);
  g_test_add_func ("/stream/late-size", test_late_size);
  g_test_add_func (
      "/stream/late-size/index-last", test_late_size_with_index_last);
  g_test_add_func ("/stream/free-of-charge", test_free_of_charge);
  g_test_add_func ("/stream/queries-in-wait", test_queries_in_wait);
  g_test_add_func ("/stream/replay/complete", test_replay);
  g_test_add_func ("/stream/replay/after-stop", test_replay_after_stop);
  g_test_add_func ("/stream/replay/other-prompt", test_other_prompt);
  g_test_add_func ("/stream/replay/forget", test_forget);
  g_test_add_func ("/stream/run-id", test_run_id);
  g_test_add_func ("/stream/cut-off", test_cut_off);
  return g_test_run ();
}
