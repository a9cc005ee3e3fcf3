/* nanovid: tests of nanovidchannel with live=true, a channel that never stalls
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <unistd.h>

#include "element/player.h"
#include "element/submits.h"
#include "fixture/clips.h"
#include "fixture/env.h"
#include "gst/channel/gstnanovidchannel.h"

#define FRAME (GST_SECOND / 25)
#define CHANNEL                                                                \
  "nanovidchannel name=source live=true max-cost-per-hour=100000 "             \
  "video-caps=\"video/x-raw,format=I420,width=64,height=48,framerate=25/1,"    \
  "pixel-aspect-ratio=1/1\" "
#define SINKS                                                                  \
  " source.video_src ! queue ! fakesink name=picture async=false"              \
  " source.audio_src ! queue ! fakesink name=sound async=false"

/* What came out of one of the pads. */
typedef struct
{
  GstElement *element;
  GMutex lock;
  GCond cond;
  gboolean blocked;
  GstClockTime first, end; /* of what was pushed */
  GstClockTime pushed;     /* how much that is */
  GstClockTime latest;     /* how much later than its time a buffer came */
  GstClockTime largest;    /* between two buffers that came */
  gint64 before;           /* when the one before came */
  guint n_buffers, n_disconts, n_tags, n_eos;
  GArray *lumas; /* guint8, of the middle of each frame */
} Track;

typedef struct
{
  Player *player;
  Track video, audio;
} Channel;

static FixtureClip clip = { .name = "live.mkv",
  .muxer = "matroskamux",
  .video = "x264enc ! h264parse",
  .audio = "vorbisenc",
  .width = 64,
  .height = 48,
  .fps_n = 25,
  .fps_d = 1,
  .n_frames = 12,
  .rate = 48000,
  .channels = 2,
  .audio_ms = 480 };

static void
note_buffer (Track *track, GstBuffer *buffer)
{
  GstClockTime time = GST_BUFFER_PTS (buffer);
  GstClockTime now = gst_element_get_current_running_time (track->element);
  gint64 arrival = g_get_monotonic_time ();

  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT))
    track->n_disconts++;
  else
    g_assert_cmpuint (time, ==, track->end);
  if (track->n_buffers++ == 0)
    track->first = time;
  else
    track->largest = MAX (
        track->largest, (GstClockTime)(arrival - track->before) * GST_USECOND);
  track->before = arrival;
  track->end = time + GST_BUFFER_DURATION (buffer);
  track->pushed += GST_BUFFER_DURATION (buffer);
  /* Not before its time. */
  g_assert_cmpuint (now, >=, time);
  track->latest = MAX (track->latest, now - time);
}

static void
look (Track *track, GstBuffer *buffer)
{
  guint8 luma;

  if (!track->lumas)
    return;
  gst_buffer_extract (buffer, 64 * 24 + 32, &luma, 1);
  g_array_append_val (track->lumas, luma);
}

static GstPadProbeReturn
on_data (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info, gpointer data)
{
  Track *track = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&track->lock);

  if (info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) {
    GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

    track->n_tags += GST_EVENT_TYPE (event) == GST_EVENT_TAG;
    track->n_eos += GST_EVENT_TYPE (event) == GST_EVENT_EOS;
    return GST_PAD_PROBE_OK;
  }
  note_buffer (track, GST_PAD_PROBE_INFO_BUFFER (info));
  look (track, GST_PAD_PROBE_INFO_BUFFER (info));
  g_cond_broadcast (&track->cond);
  while (track->blocked)
    g_cond_wait (&track->cond, &track->lock);
  return GST_PAD_PROBE_OK;
}

static void
track_init (Track *track, GstElement *element, const char *name, gboolean looks)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, name);

  track->element = element;
  g_mutex_init (&track->lock);
  g_cond_init (&track->cond);
  if (looks)
    track->lumas = g_array_new (FALSE, FALSE, 1);
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data,
      track, NULL);
}

static void
track_clear (Track *track)
{
  g_clear_pointer (&track->lumas, g_array_unref);
  g_mutex_clear (&track->lock);
  g_cond_clear (&track->cond);
}

static Channel *
channel_new_with (
    const NanogptSimulatorOptions *options, const char *properties)
{
  Channel *self = g_new0 (Channel, 1);

  self->player = player_new (options, CHANNEL "%s" SINKS, properties);
  track_init (&self->video, self->player->source, "video_src", TRUE);
  track_init (&self->audio, self->player->source, "audio_src", FALSE);
  return self;
}

static Channel *
channel_new (const char *properties)
{
  NanogptSimulatorOptions options;

  player_options_init (&options);
  options.media_file = fixture_clip_path (&clip);
  options.submit_limit = 0;
  return channel_new_with (&options, properties);
}

static void
channel_free (Channel *self)
{
  player_free (self->player);
  track_clear (&self->video);
  track_clear (&self->audio);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Channel, channel_free)

/* Plays until @seconds of it have come out. */
static void
wait_for_time (Track *track, double seconds)
{
  gint64 deadline = g_get_monotonic_time ()
      + (gint64)((seconds + fixture_scaled (20)) * G_TIME_SPAN_SECOND);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&track->lock);

  while (track->end < (GstClockTime)(seconds * GST_SECOND))
    g_assert_true (g_cond_wait_until (&track->cond, &track->lock, deadline));
}

static void
play (Channel *self, double seconds)
{
  player_set_state (self->player, GST_STATE_PLAYING);
  wait_for_time (&self->video, seconds);
  wait_for_time (&self->audio, seconds);
}

/* Returns: how many clips of @origin have begun */
static guint
count_clips (Channel *self, const char *origin)
{
  Player *player = self->player;
  guint count = 0;

  g_mutex_lock (&player->lock);
  for (guint i = 0; i < player->messages->len; i++) {
    const GstStructure *structure =
        gst_message_get_structure (player->messages->pdata[i]);

    if (structure && gst_structure_has_name (structure, "nanovid-clip"))
      count +=
          g_strcmp0 (gst_structure_get_string (structure, "origin"), origin)
          == 0;
  }
  g_mutex_unlock (&player->lock);
  return count;
}

static void
wait_for_clips (Channel *self, const char *origin, guint count)
{
  gint64 deadline = g_get_monotonic_time ()
      + (gint64)(fixture_scaled (20) * G_TIME_SPAN_SECOND);

  while (count_clips (self, origin) < count) {
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->player->lock);

    g_assert_true (
        g_cond_wait_until (&self->player->cond, &self->player->lock,
            MIN (deadline, g_get_monotonic_time () + G_TIME_SPAN_SECOND))
        || g_get_monotonic_time () < deadline);
  }
}

/* Returns: (transfer full): the origins, or prompts, of all that has begun */
static char *
list_clips (Channel *self, const char *field)
{
  Player *player = self->player;
  g_autoptr (GString) text = g_string_new (NULL);

  g_mutex_lock (&player->lock);
  for (guint i = 0; i < player->messages->len; i++) {
    const GstStructure *structure =
        gst_message_get_structure (player->messages->pdata[i]);
    const char *value;

    if (!structure || !gst_structure_has_name (structure, "nanovid-clip"))
      continue;
    value = gst_structure_get_string (structure, field);
    g_string_append_printf (
        text, "%s%s", text->len > 0 ? " " : "", value ? value : "-");
  }
  g_mutex_unlock (&player->lock);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static guint64
get_stat (Channel *self, const char *name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 value = 0;

  g_object_get (self->player->source, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, name, &value));
  return value;
}

static void
set_speed (Channel *self, guint speed)
{
  g_object_set_data (G_OBJECT (self->player->source), GST_NANOVID_CHANNEL_SPEED,
      GUINT_TO_POINTER (speed));
}

static void
add_fault (Channel *self, const char *rule)
{
  g_autoptr (GError) error = NULL;

  nanogpt_simulator_add_fault (self->player->simulator, rule, &error);
  g_assert_no_error (error);
}

/* What is many times slower than the clock cannot keep its pace. */
static gboolean
keeps_pace (void)
{
  return fixture_scaled (1) <= 1;
}

static void
check_track (const Track *track)
{
  g_test_message ("%u buffers, %.2f s, at most %.0f ms late, %.0f ms apart",
      track->n_buffers, (double)track->pushed / GST_SECOND,
      (double)track->latest / GST_MSECOND,
      (double)track->largest / GST_MSECOND);
  if (!keeps_pace ())
    return;
  g_assert_cmpuint (track->n_disconts, ==, 1);
  g_assert_cmpuint (track->pushed, ==, track->end - track->first);
  /* One frame, and what a busy machine takes to wake a thread. */
  g_assert_cmpuint (track->largest, <,
      FRAME + (GstClockTime)(fixture_scaled (0.5) * GST_SECOND));
}

/* Nothing was left out, nothing was late, sound and picture are as long. */
static void
check_output (Channel *self)
{
  player_set_state (self->player, GST_STATE_NULL);
  check_track (&self->video);
  check_track (&self->audio);
  if (!keeps_pace ())
    return;
  g_assert_cmpuint (self->video.first, ==, self->audio.first);
  g_assert_cmpuint (ABS (GST_CLOCK_DIFF (self->video.end, self->audio.end)), <,
      2 * GST_SECOND);
}

/* The service */

/* Dead, then failing, then slow: there is always something to see. */
static void
test_outage (void)
{
  g_autoptr (Channel) channel = channel_new ("prompt=sea retries=0 "
                                             "http-timeout=2 max-failures=2");

  set_speed (channel, 600);
  add_fault (channel, "any#1-12:refuse");
  play (channel, 1);
  g_assert_cmpuint (count_clips (channel, "new"), ==, 0);
  g_assert_cmpuint (count_clips (channel, "slate"), ==, 1);
  wait_for_clips (channel, "new", 2);
  nanogpt_simulator_clear_faults (channel->player->simulator);
  add_fault (channel, "submit:status=401");
  wait_for_clips (channel, "replay", 4);
  nanogpt_simulator_clear_faults (channel->player->simulator);
  add_fault (channel, "any:delay=700");
  wait_for_clips (channel, "new", count_clips (channel, "new") + 2);
  g_assert_cmpuint (channel->video.n_eos, ==, 0);
  g_assert_cmpuint (get_stat (channel, "clips-failed"), >=, 2);
  check_output (channel);
}

/* So many failures in a row, and then nothing for ten minutes. */
static void
test_pause (void)
{
  g_autoptr (Channel) channel =
      channel_new ("prompt=sea retries=0 max-failures=2");
  guint n_submits;

  /* Ten minutes are six seconds. */
  set_speed (channel, 100);
  add_fault (channel, "submit:status=401");
  player_set_state (channel->player, GST_STATE_PLAYING);
  g_assert_true (nanogpt_simulator_wait_requests (channel->player->simulator,
      NANOGPT_SIMULATOR_SUBMIT, 2, fixture_scaled (10) * 1000));
  wait_for_time (&channel->video, 4);
  n_submits = nanogpt_simulator_count_requests (
      channel->player->simulator, NANOGPT_SIMULATOR_SUBMIT);
  g_assert_cmpuint (n_submits, ==, 2);
  nanogpt_simulator_clear_faults (channel->player->simulator);
  wait_for_clips (channel, "new", 2);
}

/* The same request again and again: each is a new clip. */
static void
test_always_new (void)
{
  g_autofree char *cache = fixture_make_dir ();
  g_autofree char *properties =
      g_strdup_printf ("prompt=sea replay=false cache-dir=%s", cache);
  g_autoptr (Channel) channel = channel_new (properties);
  g_autofree char *origins = NULL;

  player_set_state (channel->player, GST_STATE_PLAYING);
  wait_for_clips (channel, "new", 3);
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (channel->player->simulator), >=, 3);
  g_assert_cmpuint (count_clips (channel, "replay"), ==, 0);
  /* Told by whichever of the two was first. */
  g_assert_cmpuint (MAX (channel->video.n_tags, channel->audio.n_tags), >=, 3);
  check_output (channel);
}

/* A channel asks from PLAYING on. */
static void
test_paused (void)
{
  g_autoptr (Channel) channel = channel_new ("prompt=sea");
  GstStateChangeReturn result =
      gst_element_set_state (channel->player->pipeline, GST_STATE_PAUSED);

  g_assert_cmpint (result, ==, GST_STATE_CHANGE_NO_PREROLL);
  g_assert_false (nanogpt_simulator_wait_requests (
      channel->player->simulator, NANOGPT_SIMULATOR_SUBMIT, 1, 300));
  g_assert_cmpuint (channel->video.n_buffers, ==, 0);
  play (channel, 1);
  player_set_state (channel->player, GST_STATE_PAUSED);
  g_usleep (fixture_scaled (1.5) * G_USEC_PER_SEC);
  play (channel, 2);
  /* Time stood as well: nothing is missing. */
  player_set_state (channel->player, GST_STATE_NULL);
  if (keeps_pace ())
    g_assert_cmpuint (channel->video.n_disconts, ==, 1);
}

/* What is shown */

/* Whatever was played when there were fewer, then each is seen in its turn. */
static void
check_order (char **prompts)
{
  guint n = g_strv_length (prompts);

  for (guint i = n - 6; i < n; i++) {
    g_assert_cmpstr (prompts[i], ==, prompts[i - 3]);
    g_assert_cmpstr (prompts[i], !=, prompts[i - 1]);
    g_assert_cmpstr (prompts[i], !=, prompts[i - 2]);
  }
}

static void
test_replay_order (void)
{
  g_autoptr (Channel) channel = channel_new ("");
  const char *words[] = { "one", "two", "three" };
  g_auto (GStrv) prompts = NULL;
  g_autofree char *all = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    guint64 number;

    g_signal_emit_by_name (
        channel->player->source, "push-prompt", words[i], NULL, &number);
    g_assert_cmpuint (number, ==, i);
  }
  player_set_state (channel->player, GST_STATE_PLAYING);
  wait_for_clips (channel, "new", 3);
  wait_for_clips (channel, "replay", count_clips (channel, "replay") + 9);
  all = list_clips (channel, "prompt");
  g_test_message ("%s", all);
  prompts = g_strsplit (all, " ", -1);
  check_order (prompts);
  check_output (channel);
}

/* Files of the user's own are there from the start, and the service is dead. */
static void
test_fillers (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = fixture_clip_path (&clip);
  g_autofree char *properties =
      g_strdup_printf ("prompt=sea retries=0 keep=0 replay-location=%s", dir);
  g_autoptr (Channel) channel = channel_new (properties);

  for (guint i = 0; i < 2; i++) {
    g_autofree char *link = g_strdup_printf ("%s/%u.mkv", dir, i);

    g_assert_cmpint (symlink (path, link), ==, 0);
  }
  add_fault (channel, "any:refuse");
  player_set_state (channel->player, GST_STATE_PLAYING);
  wait_for_clips (channel, "replay", 4);
  g_assert_cmpuint (get_stat (channel, "clips-replayed"), >=, 4);
  check_output (channel);
}

/* A white picture of another shape, with borders; never for long without it. */
static void
test_slate (void)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *line = g_strdup_printf (
      "videotestsrc num-buffers=1 pattern=white ! "
      "video/x-raw,width=50,height=100 ! pngenc ! filesink location=%s/s.png",
      dir);
  g_autofree char *properties =
      g_strdup_printf ("retries=0 slate-location=%s/s.png", dir);
  g_autoptr (GstElement) maker = gst_parse_launch (line, NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (maker);
  g_autoptr (Channel) channel = channel_new (properties);

  gst_element_set_state (maker, GST_STATE_PLAYING);
  gst_message_unref (gst_bus_timed_pop_filtered (
      bus, 10 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  gst_element_set_state (maker, GST_STATE_NULL);
  play (channel, 1);
  check_output (channel);
  for (guint i = 0; i < channel->video.lumas->len; i++)
    g_assert_cmpuint (g_array_index (channel->video.lumas, guint8, i), >, 200);
}

/* Without a slate, black, and then the last frame. */
static void
test_hold (void)
{
  g_autoptr (Channel) channel = channel_new ("replay=false");
  guint64 number;

  play (channel, 0.5);
  g_assert_cmpuint (g_array_index (channel->video.lumas, guint8, 3), <=, 16);
  g_signal_emit_by_name (
      channel->player->source, "push-prompt", "one", NULL, &number);
  wait_for_clips (channel, "slate", 2);
  check_output (channel);
  g_assert_cmpuint (get_stat (channel, "clips-new"), ==, 1);
}

/* What the application sees */

static void
test_stats (void)
{
  g_autoptr (Channel) channel = channel_new ("prompt=sea");
  GstClockTime sum;

  player_set_state (channel->player, GST_STATE_PLAYING);
  wait_for_clips (channel, "new", 2);
  gst_element_send_event (channel->player->pipeline, gst_event_new_eos ());
  player_wait (channel->player, GST_MESSAGE_EOS);
  sum = get_stat (channel, "time-new") + get_stat (channel, "time-replayed")
      + get_stat (channel, "time-slate");
  g_assert_cmpuint (sum, ==, channel->video.pushed);
  g_assert_cmpuint (
      get_stat (channel, "clips-new"), ==, count_clips (channel, "new"));
  g_assert_cmpuint (get_stat (channel, "clips-replayed"), ==,
      count_clips (channel, "replay"));
  check_output (channel);
}

static void
test_latency (void)
{
  g_autoptr (Channel) channel = channel_new ("prompt=sea");
  g_autoptr (GstPad) pad =
      gst_element_get_static_pad (channel->player->source, "audio_src");
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  GstClockTime min, max;
  gboolean live;

  player_set_state (channel->player, GST_STATE_PLAYING);
  g_assert_true (gst_pad_query (pad, query));
  gst_query_parse_latency (query, &live, &min, &max);
  g_assert_true (live);
  g_assert_cmpuint (min, ==, FRAME);
  g_assert_cmpuint (max, >=, GST_SECOND);
}

static void
set_blocked (Track *track, gboolean blocked)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&track->lock);

  track->blocked = blocked;
  g_cond_broadcast (&track->cond);
}

/* It goes on with now, and not with a burst. */
static void
check_after_block (Track *track, GstClockTime length)
{
  if (!keeps_pace ())
    return;
  g_assert_cmpuint (track->n_disconts, ==, 2);
  g_assert_cmpuint (
      track->end - track->first - track->pushed, >=, length - GST_SECOND);
  g_assert_cmpint (GST_CLOCK_DIFF (track->end,
                       gst_element_get_current_running_time (track->element)),
      <, GST_SECOND);
}

static void
test_blocked (void)
{
  const double length = 4;
  g_autoptr (Channel) channel = channel_new ("prompt=sea");

  play (channel, 1);
  set_blocked (&channel->video, TRUE);
  set_blocked (&channel->audio, TRUE);
  g_usleep (length * G_USEC_PER_SEC);
  set_blocked (&channel->video, FALSE);
  set_blocked (&channel->audio, FALSE);
  wait_for_time (&channel->video, length + 2);
  wait_for_time (&channel->audio, length + 2);
  check_after_block (&channel->video, length * GST_SECOND);
  check_after_block (&channel->audio, length * GST_SECOND);
}

/* Whoever takes one of the pads' data does not wait for who takes the other's. */
static void
test_one_blocked (void)
{
  g_autoptr (Channel) channel = channel_new ("prompt=sea");

  play (channel, 1);
  set_blocked (&channel->audio, TRUE);
  wait_for_time (&channel->video, 5);
  if (keeps_pace ())
    g_assert_cmpuint (channel->video.n_disconts, ==, 1);
  g_assert_cmpuint (
      count_clips (channel, "replay") + count_clips (channel, "new"), >=, 4);
  set_blocked (&channel->audio, FALSE);
  wait_for_time (&channel->audio, 7);
  check_after_block (&channel->audio, 4 * GST_SECOND);
  player_set_state (channel->player, GST_STATE_NULL);
  check_track (&channel->video);
}

/* What has passed while the picture was held up is over: others follow. */
static void
test_picture_blocked (void)
{
  g_autoptr (Channel) channel = channel_new ("prompt=sea replay=false ahead=0");
  guint n_new;

  player_set_state (channel->player, GST_STATE_PLAYING);
  wait_for_clips (channel, "new", 1);
  set_blocked (&channel->video, TRUE);
  wait_for_time (&channel->audio, 6);
  n_new = count_clips (channel, "new");
  g_assert_cmpuint (n_new, >=, 3);
  set_blocked (&channel->video, FALSE);
  wait_for_clips (channel, "new", n_new + 2);
  player_set_state (channel->player, GST_STATE_NULL);
  check_track (&channel->audio);
}

/* Money */

static void
expect_refusal (const char *line)
{
  g_autoptr (Player) player = player_new (NULL, "%s", line);
  GstStateChangeReturn result =
      gst_element_set_state (player->pipeline, GST_STATE_PLAYING);
  const GstStructure *details;

  if (result != GST_STATE_CHANGE_FAILURE)
    player_wait (player, GST_MESSAGE_ERROR);
  details = player_get_error (player, NULL);
  g_assert_cmpstr (
      gst_structure_get_string (details, "reason"), ==, "invalid-request");
  g_assert_cmpuint (nanogpt_simulator_count_requests (
                        player->simulator, NANOGPT_SIMULATOR_SUBMIT),
      ==, 0);
}

static void
test_no_budget (void)
{
  expect_refusal ("nanovidchannel name=source live=true prompt=sea" SINKS);
}

static void
test_nowhere (void)
{
  expect_refusal (
      "nanovidchannel name=source live=true max-cost-per-hour=1 prompt=sea");
}

/* One dollar for an hour, a clip for 0.4: two at most, also after a restart; the
 * second one not at once. */
static void
test_hour (void)
{
  NanogptSimulatorOptions options;
  g_autofree char *state_dir = fixture_make_dir ();
  g_autofree char *properties = g_strdup_printf (
      "prompt=sea max-cost-per-hour=1 state-dir=%s", state_dir);
  g_autoptr (Channel) channel = NULL;

  player_options_init (&options);
  options.media_file = fixture_clip_path (&clip);
  options.price = 0.4;
  channel = channel_new_with (&options, properties);
  play (channel, 3);
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (channel->player->simulator), ==, 1);
  for (guint i = 0; i < 3; i++) {
    player_set_state (channel->player, GST_STATE_NULL);
    channel->video.end = channel->audio.end = 0;
    play (channel, 2);
  }
  g_assert_cmpuint (
      nanogpt_simulator_count_charges (channel->player->simulator), ==, 2);
  g_assert_cmpuint (count_clips (channel, "new"), ==, 2);
  g_assert_cmpuint (player_count (channel->player, GST_MESSAGE_ERROR), ==, 0);
}

/* A film does not wait. */
static void
test_film_over_budget (void)
{
  NanogptSimulatorOptions options;
  g_autoptr (Player) player = NULL;
  const GstStructure *details;

  player_options_init (&options);
  options.media_file = fixture_clip_path (&clip);
  options.price = 0.4;
  player = player_new (
      &options, "nanovidchannel name=source max-cost-per-hour=1 " SINKS);
  for (guint i = 0; i < 3; i++) {
    guint64 number;

    g_signal_emit_by_name (player->source, "push-prompt", "sea", NULL, &number);
  }
  g_signal_emit_by_name (player->source, "end-prompts");
  player_set_state (player, GST_STATE_PLAYING);
  player_wait (player, GST_MESSAGE_ERROR);
  details = player_get_error (player, NULL);
  g_assert_cmpstr (
      gst_structure_get_string (details, "reason"), ==, "over-budget");
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==, 2);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/channel-live/outage", test_outage);
  g_test_add_func ("/channel-live/pause", test_pause);
  g_test_add_func ("/channel-live/always-new", test_always_new);
  g_test_add_func ("/channel-live/paused", test_paused);
  g_test_add_func ("/channel-live/replay-order", test_replay_order);
  g_test_add_func ("/channel-live/fillers", test_fillers);
  g_test_add_func ("/channel-live/slate", test_slate);
  g_test_add_func ("/channel-live/hold", test_hold);
  g_test_add_func ("/channel-live/stats", test_stats);
  g_test_add_func ("/channel-live/latency", test_latency);
  g_test_add_func ("/channel-live/blocked", test_blocked);
  g_test_add_func ("/channel-live/one-blocked", test_one_blocked);
  g_test_add_func ("/channel-live/picture-blocked", test_picture_blocked);
  g_test_add_func ("/channel-live/no-budget", test_no_budget);
  g_test_add_func ("/channel-live/nowhere", test_nowhere);
  g_test_add_func ("/channel-live/hour", test_hour);
  g_test_add_func ("/channel-live/film-over-budget", test_film_over_budget);
  return g_test_run ();
}
