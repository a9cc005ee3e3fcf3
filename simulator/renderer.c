/* nanovid: simulator: renders clips in the background, and keeps them
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "renderer.h"

#include "sound.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <math.h>
#include <unistd.h>

/* Change this whenever the same scene would be drawn or encoded differently. */
#define REVISION "4"
/* Beyond this size, the oldest clips are removed from disk. */
#define MAX_CACHE (256 * 1024 * 1024)
#define CANCEL_POLL (50 * GST_MSECOND)

struct _SimClip
{
  SimRenderer *renderer;
  char *digest;
  SimContainer container;
  SimScene *scene; /* only until the clip is done */
  gint done;       /* atomic; when set, the fields below do not change */
  GBytes *bytes;
  char *error;
  char *etag;
  const char *content_type;
};

struct _SimRenderer
{
  char *cache_dir; /* NULL if it is not writable */
  const char *aac_encoder;
  GHashTable *clips; /* digest -> SimClip, used by the server's thread only */
  SimClip *media;    /* served instead of rendered clips, or NULL */
  GThreadPool *pool;
  gint canceled;
};

static void
clip_free (gpointer data)
{
  SimClip *clip = data;

  g_free (clip->digest);
  g_clear_pointer (&clip->scene, sim_scene_free);
  g_clear_pointer (&clip->bytes, g_bytes_unref);
  g_free (clip->error);
  g_free (clip->etag);
  g_free (clip);
}

static const char *
sniff_content_type (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (size > 4 && memcmp (data, "\x1a\x45\xdf\xa3", 4) == 0)
    return "video/webm";
  return "video/mp4";
}

static void
clip_take_bytes (SimClip *clip, GBytes *bytes)
{
  g_autofree char *digest =
      g_compute_checksum_for_bytes (G_CHECKSUM_MD5, bytes);

  clip->bytes = bytes;
  clip->etag = g_strdup_printf ("\"%s\"", digest);
  clip->content_type = sniff_content_type (bytes);
  g_atomic_int_set (&clip->done, TRUE);
}

static GBytes *
map_file (const char *path, GError **error)
{
  GMappedFile *mapped = g_mapped_file_new (path, FALSE, error);
  GBytes *bytes;

  if (!mapped)
    return NULL;
  bytes = g_mapped_file_get_bytes (mapped);
  g_mapped_file_unref (mapped);
  return bytes;
}

typedef struct
{
  const SimScene *scene;
  SimPicture *picture;
  SimSound *sound;
  guint frame;
} Feed;

static void
on_need_picture (
    GstElement *src, G_GNUC_UNUSED guint length, gpointer user_data)
{
  Feed *feed = user_data;
  guint64 time = sim_scene_get_time (feed->scene, feed->frame);
  GstBuffer *buffer;
  g_autoptr (GBytes) pixels = NULL;

  if (feed->frame >= feed->scene->n_frames) {
    gst_app_src_end_of_stream (GST_APP_SRC (src));
    return;
  }
  pixels = sim_picture_draw (feed->picture, feed->frame);
  buffer = gst_buffer_new_wrapped_bytes (pixels);
  feed->frame++;
  GST_BUFFER_PTS (buffer) = time;
  GST_BUFFER_DURATION (buffer) =
      sim_scene_get_time (feed->scene, feed->frame) - time;
  gst_app_src_push_buffer (GST_APP_SRC (src), buffer);
}

static void
on_need_sound (GstElement *src, G_GNUC_UNUSED guint length, gpointer user_data)
{
  Feed *feed = user_data;
  guint64 rate = feed->scene->format.sample_rate;
  guint64 first;
  g_autoptr (GBytes) samples = sim_sound_read (feed->sound, &first);
  GstBuffer *buffer;

  if (!samples) {
    gst_app_src_end_of_stream (GST_APP_SRC (src));
    return;
  }
  buffer = gst_buffer_new_wrapped_bytes (samples);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (first, GST_SECOND, rate);
  gst_app_src_push_buffer (GST_APP_SRC (src), buffer);
}

static char *
describe_pipeline (SimRenderer *renderer, const SimScene *scene)
{
  const SimClipFormat *format = &scene->format;
  gboolean webm = format->container == SIM_CONTAINER_WEBM;
  gboolean little = G_BYTE_ORDER == G_LITTLE_ENDIAN;
  GString *text = g_string_new (NULL);

  g_string_append_printf (text,
      "appsrc name=picture format=time max-buffers=2 max-bytes=0 "
      "caps=video/x-raw,format=%s,width=%d,height=%d,framerate=%d/%d "
      "! videoconvert ! video/x-raw,format=I420 ! ",
      little ? "BGRx" : "xRGB", format->width, format->height, format->fps_n,
      format->fps_d);
  if (webm)
    g_string_append (text,
        "vp8enc deadline=1 cpu-used=16 threads=2 keyframe-max-dist=48 "
        "target-bitrate=1500000");
  else
    g_string_append_printf (text,
        "x264enc speed-preset=ultrafast bitrate=1500 key-int-max=48%s ! "
        "h264parse",
        format->b_frames ? " bframes=2 b-adapt=false" : "");
  g_string_append_printf (text,
      " ! queue ! mux. %s name=mux ! filesink name=sink",
      webm ? "webmmux" : "mp4mux");
  if (format->channels > 0)
    g_string_append_printf (text,
        " appsrc name=sound format=time max-buffers=8 max-bytes=0 "
        "caps=audio/x-raw,format=%s,layout=interleaved,rate=%d,channels=%d ! "
        "audioconvert ! %s%s ! queue ! mux.",
        little ? "F32LE" : "F32BE", format->sample_rate, format->channels,
        webm ? "vorbisenc" : renderer->aac_encoder, webm ? "" : " ! aacparse");
  return g_string_free (text, FALSE);
}

/* Waits for the end of @pipeline, or of the renderer. */
static gboolean
run_pipeline (SimRenderer *renderer, GstElement *pipeline, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (!message && !g_atomic_int_get (&renderer->canceled))
    message = gst_bus_timed_pop_filtered (
        bus, CANCEL_POLL, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  if (!message) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Shutting down");
    return FALSE;
  }
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, error, NULL);
    return FALSE;
  }
  return TRUE;
}

static void
connect_source (
    GstElement *pipeline, const char *name, GCallback on_need, Feed *feed)
{
  g_autoptr (GstElement) src = gst_bin_get_by_name (GST_BIN (pipeline), name);

  if (src)
    g_signal_connect (src, "need-data", on_need, feed);
}

static gboolean
render_file (SimRenderer *renderer, const SimScene *scene, const char *path,
    GError **error)
{
  g_autoptr (SimPicture) picture = sim_picture_new (scene, error);
  g_autoptr (SimSound) sound = picture ? sim_sound_new (scene, error) : NULL;
  Feed feed = { scene, picture, sound, 0 };
  g_autofree char *description = describe_pipeline (renderer, scene);
  g_autofree char *scratch = g_strconcat (path, ".scratch", NULL);
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstElement) mux = NULL;

  if (!sound)
    return FALSE;
  pipeline = gst_parse_launch (description, error);
  if (!pipeline)
    return FALSE;
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  mux = gst_bin_get_by_name (GST_BIN (pipeline), "mux");
  g_object_set (sink, "location", path, NULL);
  if (scene->format.container == SIM_CONTAINER_MP4)
    g_object_set (mux, "faststart", TRUE, "faststart-file", scratch, NULL);
  connect_source (pipeline, "picture", G_CALLBACK (on_need_picture), &feed);
  connect_source (pipeline, "sound", G_CALLBACK (on_need_sound), &feed);
  return run_pipeline (renderer, pipeline, error);
}

/* The file is renamed once it is complete, unless another simulator was faster:
 * a clip that was served once must not change. */
static GBytes *
render_clip (
    SimRenderer *renderer, SimClip *clip, const char *path, GError **error)
{
  const char *dir =
      renderer->cache_dir ? renderer->cache_dir : g_get_tmp_dir ();
  g_autofree char *temporary =
      g_build_filename (dir, "nanogpt-simulator-XXXXXX", NULL);
  GBytes *bytes = NULL;
  int fd = g_mkstemp (temporary);

  if (fd < 0) {
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
        "cannot write into %s", dir);
    return NULL;
  }
  close (fd);
  if (render_file (renderer, clip->scene, temporary, error)) {
    if (path && link (temporary, path) != 0 && errno == EEXIST)
      bytes = map_file (path, NULL);
    if (!bytes)
      bytes = map_file (temporary, error);
  }
  g_unlink (temporary);
  return bytes;
}

static void
run_job (gpointer data, gpointer user_data)
{
  SimClip *clip = data;
  SimRenderer *renderer = user_data;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *bytes = NULL;

  if (renderer->cache_dir) {
    g_autofree char *name =
        g_strdup_printf ("%s.%s", clip->digest, sim_clip_get_extension (clip));
    path = g_build_filename (renderer->cache_dir, name, NULL);
    bytes = map_file (path, NULL);
  }
  if (!bytes)
    bytes = render_clip (renderer, clip, path, &error);
  g_clear_pointer (&clip->scene, sim_scene_free);
  if (bytes) {
    clip_take_bytes (clip, bytes);
    return;
  }
  clip->error = g_strdup (error->message);
  g_atomic_int_set (&clip->done, TRUE);
}

static gboolean
has_element (const char *name)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (name);

  return factory != NULL;
}

static gboolean
need_elements (const char *const *names, GError **error)
{
  for (; *names; names++) {
    if (!has_element (*names)) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
          "GStreamer has no element %s, which renders the clips: "
          "install its base, good, bad and ugly plugins",
          *names);
      return FALSE;
    }
  }
  return TRUE;
}

/* Checks that clips of the default format can be rendered. */
static gboolean
choose_encoders (SimRenderer *renderer, SimContainer container, GError **error)
{
  static const char *const common[] = { "appsrc", "videoconvert", "filesink",
    "audioconvert", "jpegdec", "pngdec", "webpdec", NULL };
  static const char *const webm[] = { "vp8enc", "vorbisenc", "webmmux", NULL };
  static const char *const mp4[] = { "x264enc", "h264parse", "aacparse",
    "mp4mux", NULL };
  static const char *const aac[] = { "voaacenc", "avenc_aac", "fdkaacenc" };

  if (!need_elements (common, error))
    return FALSE;
  for (guint i = 0; !renderer->aac_encoder && i < G_N_ELEMENTS (aac); i++)
    renderer->aac_encoder = has_element (aac[i]) ? aac[i] : NULL;
  if (container == SIM_CONTAINER_WEBM)
    return need_elements (webm, error);
  if (renderer->aac_encoder)
    return need_elements (mp4, error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
      "GStreamer has no AAC encoder (voaacenc, avenc_aac or fdkaacenc)");
  return FALSE;
}

static gboolean
use_media_file (SimRenderer *renderer, const char *path, GError **error)
{
  GBytes *bytes = map_file (path, error);

  if (!bytes)
    return FALSE;
  renderer->media = g_new0 (SimClip, 1);
  renderer->media->renderer = renderer;
  clip_take_bytes (renderer->media, bytes);
  return TRUE;
}

typedef struct
{
  char *path;
  gint64 size;
  gint64 time;
} CachedFile;

static void
cached_file_clear (gpointer data)
{
  g_free (((CachedFile *)data)->path);
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  const CachedFile *x = a, *y = b;

  return (x->time < y->time) - (x->time > y->time);
}

static void
prune_cache (const char *dir)
{
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (CachedFile));
  const char *name;
  gint64 total = 0;

  g_array_set_clear_func (files, cached_file_clear);
  while (entries && (name = g_dir_read_name (entries))) {
    CachedFile file = { g_build_filename (dir, name, NULL), 0, 0 };
    GStatBuf info;

    if ((g_str_has_suffix (name, ".mp4") || g_str_has_suffix (name, ".webm"))
        && g_lstat (file.path, &info) == 0) {
      file.size = info.st_size;
      file.time = info.st_mtime;
      g_array_append_val (files, file);
    } else {
      g_free (file.path);
    }
  }
  g_array_sort (files, compare_newest_first);
  for (guint i = 0; i < files->len; i++) {
    CachedFile *file = &g_array_index (files, CachedFile, i);
    total += file->size;
    if (total > MAX_CACHE)
      g_unlink (file->path);
  }
}

static char *
prepare_cache (const char *cache_dir)
{
  g_autofree char *dir = cache_dir
      ? g_strdup (cache_dir)
      : g_build_filename (g_get_user_cache_dir (), "nanogpt-simulator", NULL);

  if (g_mkdir_with_parents (dir, 0700) != 0 || g_access (dir, W_OK) != 0)
    return NULL;
  prune_cache (dir);
  return g_steal_pointer (&dir);
}

/* @media_file: (nullable): file to serve instead of rendering.
 * @cache_dir: (nullable): directory for clips, NULL for the user's cache. */
SimRenderer *
sim_renderer_new (SimContainer container, const char *media_file,
    const char *cache_dir, GError **error)
{
  g_autoptr (SimRenderer) renderer = g_new0 (SimRenderer, 1);

  renderer->clips =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, clip_free);
  if (media_file)
    return use_media_file (renderer, media_file, error)
        ? g_steal_pointer (&renderer)
        : NULL;

  if (!gst_init_check (NULL, NULL, error)
      || !choose_encoders (renderer, container, error))
    return NULL;
  renderer->cache_dir = prepare_cache (cache_dir);
  if (cache_dir && !renderer->cache_dir) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES,
        "cannot write into the cache directory %s", cache_dir);
    return NULL;
  }
  renderer->pool = g_thread_pool_new (
      run_job, renderer, g_get_num_processors (), FALSE, error);
  return renderer->pool ? g_steal_pointer (&renderer) : NULL;
}

void
sim_renderer_free (SimRenderer *renderer)
{
  g_atomic_int_set (&renderer->canceled, TRUE);
  if (renderer->pool)
    g_thread_pool_free (renderer->pool, TRUE, TRUE);
  g_hash_table_unref (renderer->clips);
  g_clear_pointer (&renderer->media, clip_free);
  g_free (renderer->cache_dir);
  g_free (renderer);
}

static void
digest_text (GChecksum *checksum, const char *text)
{
  const char *value = text ? text : "";

  g_checksum_update (checksum, (const guchar *)value, strlen (value) + 1);
}

static void
digest_input (GChecksum *checksum, const SimInput *input)
{
  digest_text (checksum, input ? input->type : NULL);
  if (input)
    g_checksum_update (checksum, g_bytes_get_data (input->data, NULL),
        g_bytes_get_size (input->data));
}

/* Digest of everything that determines the bytes of the clip. */
static char *
digest_scene (SimRenderer *renderer, const SimScene *scene)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *pipeline = describe_pipeline (renderer, scene);
  g_autofree char *numbers = g_strdup_printf ("%d %u %d %g %u",
      scene->format.container, scene->n_frames, scene->format.variable_rate,
      scene->format.sound_excess, scene->number);

  digest_text (checksum, REVISION);
  digest_text (checksum, pipeline);
  digest_text (checksum, numbers);
  digest_text (checksum, scene->model);
  digest_text (checksum, scene->prompt);
  digest_text (checksum, scene->note);
  digest_input (checksum, scene->image);
  digest_input (checksum, scene->last_image);
  digest_input (checksum, scene->video);
  digest_input (checksum, scene->audio);
  for (guint i = 0; i < scene->references->len; i++)
    digest_input (checksum, scene->references->pdata[i]);
  return g_strdup (g_checksum_get_string (checksum));
}

/* Starts rendering @scene, unless it was rendered before. Takes ownership of
 * @scene. */
SimClip *
sim_renderer_request (SimRenderer *renderer, SimScene *scene)
{
  g_autoptr (SimScene) owned = scene;
  g_autofree char *digest = NULL;
  SimClip *clip;

  if (renderer->media)
    return renderer->media;
  digest = digest_scene (renderer, scene);
  clip = g_hash_table_lookup (renderer->clips, digest);
  if (clip)
    return clip;
  clip = g_new0 (SimClip, 1);
  clip->renderer = renderer;
  clip->digest = g_steal_pointer (&digest);
  clip->container = scene->format.container;
  clip->scene = g_steal_pointer (&owned);
  g_hash_table_insert (renderer->clips, clip->digest, clip);
  g_thread_pool_push (renderer->pool, clip, NULL);
  return clip;
}

gboolean
sim_clip_is_done (SimClip *clip)
{
  return g_atomic_int_get (&clip->done);
}

/* Returns: (nullable) (transfer none): the bytes, NULL if rendering failed. */
GBytes *
sim_clip_get_bytes (SimClip *clip)
{
  return clip->bytes;
}

const char *
sim_clip_get_error (SimClip *clip)
{
  return clip->error;
}

const char *
sim_clip_get_etag (SimClip *clip)
{
  return clip->etag;
}

const char *
sim_clip_get_content_type (SimClip *clip)
{
  return clip->content_type;
}

const char *
sim_clip_get_extension (SimClip *clip)
{
  if (clip->content_type)
    return g_str_has_suffix (clip->content_type, "webm") ? "webm" : "mp4";
  return clip->container == SIM_CONTAINER_WEBM ? "webm" : "mp4";
}
