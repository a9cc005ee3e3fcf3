/* nanovid: the properties that all elements have
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidproperties.h"

typedef enum
{
  KIND_STRING,
  KIND_SECRET,
  KIND_BOOLEAN,
  KIND_SWITCH,
  KIND_UINT,
  KIND_INT64,
  KIND_UINT64,
  KIND_DOUBLE,
  KIND_LIMIT,   /* an amount in USD; 0 for none */
  KIND_BALANCE, /* likewise; negative for none */
  KIND_STRINGS,
} Kind;

typedef enum
{
  OWNER_PARAMETERS,
  OWNER_SETTINGS,
  OWNER_URLS,  /* fetched by the service */
  OWNER_FILES, /* local files */
} Owner;

typedef struct
{
  const char *name;
  const char *nick;
  const char *blurb;
  Kind kind;
  Owner owner;
  gsize offset;
} Row;

#define PARAMETER(field)                                                       \
  OWNER_PARAMETERS, G_STRUCT_OFFSET (NanogptParameters, field)
#define SETTING(field) OWNER_SETTINGS, G_STRUCT_OFFSET (NanogptSettings, field)
#define URL(field) OWNER_URLS, G_STRUCT_OFFSET (GstNanovidProperties, field)
#define FILE(field) OWNER_FILES, G_STRUCT_OFFSET (GstNanovidProperties, field)

/* Describes each property and where its value is stored.  The default is the
 * value in a new GstNanovidProperties.  The index is the property ID. */
static const Row rows[] = {
  [GST_NANOVID_PROPERTY_RUN_ID] = { "run-id", "Run ID",
      "Collect the job with this id, such as vid_123, instead of paying for a "
      "new one; when read, the id of the current job",
      KIND_STRING, SETTING (run_id) },
  [GST_NANOVID_PROPERTY_BASE_URL] = { "base-url", "Base URL",
      "URL of the service: https, or http to this machine, such as "
      "http://127.0.0.1:8080 (unset = $NANOGPT_BASE_URL, "
      "else " NANOGPT_DEFAULT_BASE_URL ")",
      KIND_STRING, SETTING (base_url) },

  { "prompt", "Prompt",
      "What to generate, such as \"a lighthouse at dusk\"; may be empty with "
      "an image or a source video",
      KIND_STRING, PARAMETER (prompt) },
  { "negative-prompt", "Negative prompt",
      "What to avoid, for models that take it, such as \"blurry, text\" "
      "(unset = nothing)",
      KIND_STRING, PARAMETER (negative_prompt) },
  { "model", "Model",
      "The model's slug, such as veo3-video; the default takes text and image "
      "input",
      KIND_STRING, PARAMETER (model) },
  { "duration", "Duration",
      "Length of the clip in seconds, such as 5, where the model offers a choice "
      "(0 = the model's default)",
      KIND_UINT, PARAMETER (duration) },
  { "aspect-ratio", "Aspect ratio",
      "Width to height of the picture, such as 16:9 (unset = the model's "
      "default)",
      KIND_STRING, PARAMETER (aspect_ratio) },
  { "resolution", "Resolution",
      "Size of the picture, such as 720p; often decides the price (unset = the "
      "model's default)",
      KIND_STRING, PARAMETER (resolution) },
  { "seed", "Seed",
      "Seed of the model's random numbers, such as 42, for repeatable results "
      "where the model supports them (-1 = a new one each time)",
      KIND_INT64, PARAMETER (seed) },
  { "num-frames", "Number of frames",
      "Length of the clip in frames, for models that take it, such as 81 (0 = "
      "the model's default)",
      KIND_UINT, PARAMETER (num_frames) },
  { "frames-per-second", "Frames per second",
      "Frame rate of the clip, for models that offer a choice, such as 24 "
      "(0 = the model's default)",
      KIND_UINT, PARAMETER (frames_per_second) },
  { "num-inference-steps", "Inference steps",
      "Number of inference steps, for models that offer a choice, such as 30 "
      "(0 = the model's default)",
      KIND_UINT, PARAMETER (num_inference_steps) },
  { "cfg-scale", "CFG scale",
      "How closely the model follows the prompt, such as 0.5 (-1 = the model's "
      "default)",
      KIND_DOUBLE, PARAMETER (cfg_scale) },
  { "pro-mode", "Pro mode",
      "Better and more expensive, for models that offer it; sent only when set "
      "(unset = the model's default)",
      KIND_SWITCH, PARAMETER (pro_mode) },
  { "camera-fixed", "Camera fixed",
      "Keep the camera still, for models that offer it; sent only when set "
      "(unset = the model's default)",
      KIND_SWITCH, PARAMETER (camera_fixed) },
  { "show-explicit-content", "Show explicit content",
      "Allow explicit content, for models that offer it; sent only when set "
      "(unset = the model's default)",
      KIND_SWITCH, PARAMETER (show_explicit_content) },
  { "image-url", "Image URL",
      "Public https URL of an input image, which the service fetches itself, "
      "such as https://example.com/cat.png (unset = none)",
      KIND_STRING, URL (image_url) },
  { "image-location", "Image location",
      "Local JPEG, PNG or WebP file to send as the input image, such as cat.jpg "
      "(unset = none)",
      KIND_STRING, FILE (image_location) },
  /**
   * GstNanovidBase:last-image-url:
   *
   * Since: 0.2
   */
  { "last-image-url", "Last image URL",
      "Public https URL of the picture that the clip ends with, for models that "
      "take one, such as https://example.com/end.png (unset = none)",
      KIND_STRING, URL (last_image_url) },
  /**
   * GstNanovidBase:last-image-location:
   *
   * Since: 0.2
   */
  { "last-image-location", "Last image location",
      "Local JPEG, PNG or WebP file of the picture that the clip ends with, for "
      "models that take one, such as end.jpg (unset = none)",
      KIND_STRING, FILE (last_image_location) },
  /**
   * GstNanovidBase:reference-images:
   *
   * Since: 0.2
   */
  { "reference-images", "Reference images",
      "Pictures of what appears in the clip, for models that take them, in "
      "their order: public https URLs or local JPEG, PNG or WebP files, such as "
      "\"<cat.png,https://example.com/hat.png>\" (empty = none)",
      KIND_STRINGS, URL (reference_images) },
  /**
   * GstNanovidBase:video-url:
   *
   * Since: 0.2
   */
  { "video-url", "Video URL",
      "Public https URL of a video to edit, extend, upscale or lip-sync, such as "
      "https://example.com/cat.mp4 (unset = none)",
      KIND_STRING, URL (video_url) },
  /**
   * GstNanovidBase:video-location:
   *
   * Since: 0.2
   */
  { "video-location", "Video location",
      "Local MP4, QuickTime, WebM or Matroska file to edit, extend, upscale or "
      "lip-sync, such as cat.mp4 (unset = none)",
      KIND_STRING, FILE (video_location) },
  /**
   * GstNanovidBase:audio-url:
   *
   * Since: 0.2
   */
  { "audio-url", "Audio URL",
      "Public https URL of speech or sound for the clip, such as "
      "https://example.com/hello.mp3 (unset = none)",
      KIND_STRING, URL (audio_url) },
  /**
   * GstNanovidBase:audio-location:
   *
   * Since: 0.2
   */
  { "audio-location", "Audio location",
      "Local sound file (WAV, MP3, Ogg or M4A) with speech or sound for the "
      "clip, such as hello.wav (unset = none)",
      KIND_STRING, FILE (audio_location) },
  /**
   * GstNanovidBase:operation:
   *
   * Since: 0.2
   */
  { "operation", "Operation",
      "Which of a model's operations is meant, for models that have several, "
      "such as video-extend (unset = the model's choice)",
      KIND_STRING, PARAMETER (operation) },
  /**
   * GstNanovidBase:generate-audio:
   *
   * Since: 0.2
   */
  { "generate-audio", "Generate audio",
      "Generate sound for the clip, for models that offer it; often on by "
      "default, and more expensive; sent only when set (unset = the model's "
      "default)",
      KIND_SWITCH, PARAMETER (generate_audio) },
  /**
   * GstNanovidBase:output-index:
   *
   * Since: 0.2
   */
  { "output-index", "Output index",
      "Which of several results of the job to play, for models that give more "
      "than one; another number plays another result of the same job, such as 2 "
      "for the third",
      KIND_UINT, SETTING (output_index) },
  { "parameters", "Parameters",
      "Additional request fields as a JSON object, sent unchanged, such as "
      "{\"motion\": \"high\"} (unset = none)",
      KIND_STRING, PARAMETER (extra) },
  { "conversation", "Conversation",
      "UUID that the service stores with the job; if unique for each job (see "
      "uuidgen), it makes the lookup of a lost job exact (unset = none)",
      KIND_STRING, PARAMETER (conversation) },

  { "api-key", "API key",
      "The service's API key (unset = $NANOGPT_API_KEY, else the file named by "
      "$NANOGPT_API_KEY_FILE)",
      KIND_SECRET, SETTING (api_key) },
  { "timeout", "Timeout",
      "Seconds to wait for the whole generation, such as 1800 (0 = no limit)",
      KIND_UINT, SETTING (timeout) },
  { "poll-interval", "Poll interval",
      "Milliseconds between two polls of the job, such as 5000 (0 = adaptive)",
      KIND_UINT, SETTING (poll_interval) },
  { "http-timeout", "HTTP timeout",
      "Seconds that one HTTP request may take in all, or that a download may "
      "receive nothing, such as 60 (0 = no limit)",
      KIND_UINT, SETTING (http_timeout) },
  { "retries", "Retries",
      "How many transient failures in a row a submit or a download retries, "
      "such as 10 (0 = none)",
      KIND_UINT, SETTING (retries) },
  { "proxy", "Proxy",
      "URI of the HTTP proxy, such as http://proxy:3128 (unset = the system's "
      "settings)",
      KIND_STRING, SETTING (proxy) },
  { "tls-ca-file", "TLS CA file",
      "PEM file with the certificate authorities to trust, such as "
      "/etc/ssl/company.pem (unset = the system's)",
      KIND_STRING, SETTING (tls_ca_file) },
  { "user-agent", "User agent",
      "The User-Agent header to send, such as my-app/1.0 (unset = nanovid and "
      "its version)",
      KIND_STRING, SETTING (user_agent) },
  { "max-cost", "Maximum cost",
      "Maximum cost of a clip in USD, such as 0.50; a request whose estimate "
      "is higher or unknown is refused (0 = no limit)",
      KIND_LIMIT, SETTING (max_cost) },
  { "max-total-cost", "Maximum total cost",
      "Maximum cost of all clips of this element together in USD, such as 10 "
      "(0 = no limit)",
      KIND_LIMIT, SETTING (max_total_cost) },
  { "min-balance", "Minimum balance",
      "Minimum balance of the account in USD for a request to be sent, such as "
      "1.00 (-1 = not checked)",
      KIND_BALANCE, SETTING (min_balance) },
  { "resume", "Resume",
      "Resume an unfinished job with the same request, which an earlier run "
      "has paid for, instead of paying for another one",
      KIND_BOOLEAN, SETTING (resume) },
  { "state-dir", "State directory",
      "Directory of the journal, in which paid jobs survive the process, such "
      "as /var/lib/my-app (unset = $XDG_STATE_HOME/nanovid)",
      KIND_STRING, SETTING (state_dir) },
  /**
   * GstNanovidBase:database:
   *
   * Since: 0.2
   */
  { "database", "Database",
      "URI, without a password, of a PostgreSQL database that many machines share "
      "instead of a state-dir, such as postgresql://nanovid@db.example/nanovid "
      "(unset = $NANOVID_DATABASE, else none)",
      KIND_STRING, SETTING (database) },
  { "cache-dir", "Cache directory",
      "Directory of finished clips, such as /var/cache/my-app; an identical "
      "request gets its clip from there and is not paid for again (unset = "
      "off)",
      KIND_STRING, SETTING (cache_dir) },
  { "spool-dir", "Spool directory",
      "Directory on whose file system the clip is stored while in use, such as "
      "/srv/spool (unset = $TMPDIR, else /var/tmp)",
      KIND_STRING, SETTING (spool_dir) },
  { "max-size", "Maximum size",
      "Maximum size of a clip in bytes, such as 100000000; a larger one is an "
      "error",
      KIND_UINT64, SETTING (max_size) },
};

G_STATIC_ASSERT (G_N_ELEMENTS (rows) <= GST_NANOVID_PROPERTY_FIRST_OWN);

GstNanovidProperties *
gst_nanovid_properties_new (void)
{
  GstNanovidProperties *properties = g_new0 (GstNanovidProperties, 1);

  properties->parameters = nanogpt_parameters_new ();
  properties->settings = nanogpt_settings_new ();
  return properties;
}

GstNanovidProperties *
gst_nanovid_properties_copy (const GstNanovidProperties *properties)
{
  GstNanovidProperties *copy = g_memdup2 (properties, sizeof *properties);

  copy->parameters = nanogpt_parameters_copy (properties->parameters);
  copy->settings = nanogpt_settings_copy (properties->settings);
  copy->image_url = g_strdup (properties->image_url);
  copy->image_location = g_strdup (properties->image_location);
  copy->last_image_url = g_strdup (properties->last_image_url);
  copy->last_image_location = g_strdup (properties->last_image_location);
  copy->reference_images = g_strdupv (properties->reference_images);
  copy->video_url = g_strdup (properties->video_url);
  copy->video_location = g_strdup (properties->video_location);
  copy->audio_url = g_strdup (properties->audio_url);
  copy->audio_location = g_strdup (properties->audio_location);
  return copy;
}

void
gst_nanovid_properties_free (GstNanovidProperties *properties)
{
  if (!properties)
    return;

  nanogpt_parameters_free (properties->parameters);
  nanogpt_settings_free (properties->settings);
  g_free (properties->image_url);
  g_free (properties->image_location);
  g_free (properties->last_image_url);
  g_free (properties->last_image_location);
  g_strfreev (properties->reference_images);
  g_free (properties->video_url);
  g_free (properties->video_location);
  g_free (properties->audio_url);
  g_free (properties->audio_location);
  g_free (properties);
}

#define SWAP(a, b)                                                             \
  G_STMT_START                                                                 \
  {                                                                            \
    gpointer swapped = (a);                                                    \
                                                                               \
    (a) = (b);                                                                 \
    (b) = swapped;                                                             \
  }                                                                            \
  G_STMT_END

void
gst_nanovid_properties_take_request (
    GstNanovidProperties *properties, GstNanovidProperties *other)
{
  SWAP (properties->parameters, other->parameters);
  SWAP (properties->image_url, other->image_url);
  SWAP (properties->last_image_url, other->last_image_url);
  SWAP (properties->reference_images, other->reference_images);
  SWAP (properties->video_url, other->video_url);
  SWAP (properties->audio_url, other->audio_url);
  SWAP (properties->parameters->extra, other->parameters->extra);
  SWAP (properties->parameters->conversation, other->parameters->conversation);
  gst_nanovid_properties_free (other);
}

static gpointer
get_field (const GstNanovidProperties *properties, const Row *row)
{
  switch (row->owner) {
    case OWNER_PARAMETERS:
      return G_STRUCT_MEMBER_P (properties->parameters, row->offset);
    case OWNER_SETTINGS:
      return G_STRUCT_MEMBER_P (properties->settings, row->offset);
    case OWNER_URLS:
    case OWNER_FILES:
      return G_STRUCT_MEMBER_P (properties, row->offset);
  }
  g_return_val_if_reached (NULL);
}

static GParamSpec *
create_param_spec (const GstNanovidProperties *defaults, const Row *row,
    GParamFlags mutability)
{
  gconstpointer field = get_field (defaults, row);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | mutability;

  switch (row->kind) {
    case KIND_SECRET:
      return g_param_spec_string (
          row->name, row->nick, row->blurb, NULL, flags & ~G_PARAM_READABLE);
    case KIND_STRING:
      return g_param_spec_string (row->name, row->nick, row->blurb,
          row == &rows[GST_NANOVID_PROPERTY_BASE_URL] ? NANOGPT_DEFAULT_BASE_URL
                                                      : *(char *const *)field,
          flags);
    case KIND_BOOLEAN:
      return g_param_spec_boolean (
          row->name, row->nick, row->blurb, *(const gboolean *)field, flags);
    case KIND_SWITCH:
      return g_param_spec_boolean (
          row->name, row->nick, row->blurb, FALSE, flags);
    case KIND_UINT:
      return g_param_spec_uint (row->name, row->nick, row->blurb, 0, G_MAXUINT,
          *(const guint *)field, flags);
    case KIND_INT64:
      return g_param_spec_int64 (row->name, row->nick, row->blurb, -1,
          G_MAXINT64, *(const gint64 *)field, flags);
    case KIND_UINT64:
      return g_param_spec_uint64 (row->name, row->nick, row->blurb, 0,
          G_MAXUINT64, *(const guint64 *)field, flags);
    case KIND_LIMIT:
      return g_param_spec_double (row->name, row->nick, row->blurb, 0,
          G_MAXDOUBLE, nanogpt_money_to_double (*(const NanogptMicros *)field),
          flags);
    case KIND_BALANCE:
      return g_param_spec_double (row->name, row->nick, row->blurb, -1,
          G_MAXDOUBLE, nanogpt_money_to_double (*(const NanogptMicros *)field),
          flags);
    case KIND_DOUBLE:
      return g_param_spec_double (row->name, row->nick, row->blurb, -1,
          G_MAXDOUBLE, *(const double *)field, flags);
    case KIND_STRINGS:
      return gst_param_spec_array (row->name, row->nick, row->blurb,
          g_param_spec_string ("entry", "Entry", "One of them", NULL,
              G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS),
          flags);
  }
  g_return_val_if_reached (NULL);
}

static gboolean
is_for_one_job (const Row *row)
{
  return g_str_equal (row->name, "run-id")
      || g_str_equal (row->name, "output-index");
}

void
gst_nanovid_properties_install (
    GObjectClass *klass, GParamFlags mutability, gboolean one_job)
{
  g_autoptr (GstNanovidProperties) defaults = gst_nanovid_properties_new ();
  guint id;

  for (id = GST_NANOVID_PROPERTY_RUN_ID; id < G_N_ELEMENTS (rows); id++) {
    if (!one_job && is_for_one_job (&rows[id]))
      continue;
    g_object_class_install_property (klass, id,
        create_param_spec (defaults, &rows[id],
            id == GST_NANOVID_PROPERTY_RUN_ID ? GST_PARAM_MUTABLE_READY
                                              : mutability));
  }

  g_object_class_install_property (klass, GST_NANOVID_PROPERTY_JOB,
      g_param_spec_boxed ("job", "Job",
          "The current job, as in the latest nanovid-job message: state, "
          "run-id, cost, progress",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

/* gst-launch-1.0 cannot set NULL, so an empty string restores the default as
 * well. */
static void
set_string (GstNanovidProperties *properties, const Row *row, const char *text)
{
  g_autoptr (GstNanovidProperties) defaults = NULL;
  char **field = get_field (properties, row);

  g_free (*field);
  if (text && *text) {
    *field = g_strdup (text);
    return;
  }

  defaults = gst_nanovid_properties_new ();
  *field = g_strdup (*(char **)get_field (defaults, row));
}

static void
set_strings (char ***field, const GValue *value)
{
  g_autoptr (GStrvBuilder) strings = g_strv_builder_new ();
  guint n_strings = gst_value_array_get_size (value);

  for (guint i = 0; i < n_strings; i++) {
    const char *text =
        g_value_get_string (gst_value_array_get_value (value, i));

    if (text && *text)
      g_strv_builder_add (strings, text);
  }
  g_strfreev (*field);
  *field = g_strv_builder_end (strings);
}

static void
get_strings (char *const *strings, GValue *value)
{
  for (; strings && *strings; strings++) {
    GValue string = G_VALUE_INIT;

    g_value_init (&string, G_TYPE_STRING);
    g_value_set_string (&string, *strings);
    gst_value_array_append_and_take_value (value, &string);
  }
}

void
gst_nanovid_properties_set (
    GstNanovidProperties *properties, guint id, const GValue *value)
{
  const Row *row = &rows[id];
  gpointer field = get_field (properties, row);

  switch (row->kind) {
    case KIND_SECRET:
    case KIND_STRING:
      set_string (properties, row, g_value_get_string (value));
      return;
    case KIND_BOOLEAN:
      *(gboolean *)field = g_value_get_boolean (value);
      return;
    case KIND_SWITCH:
      *(NanogptSwitch *)field =
          g_value_get_boolean (value) ? NANOGPT_SWITCH_ON : NANOGPT_SWITCH_OFF;
      return;
    case KIND_UINT:
      *(guint *)field = g_value_get_uint (value);
      return;
    case KIND_INT64:
      *(gint64 *)field = g_value_get_int64 (value);
      return;
    case KIND_UINT64:
      *(guint64 *)field = g_value_get_uint64 (value);
      return;
    case KIND_LIMIT:
      *(NanogptMicros *)field =
          nanogpt_money_get_limit (g_value_get_double (value));
      return;
    case KIND_BALANCE:
      *(NanogptMicros *)field =
          nanogpt_money_round_up (g_value_get_double (value));
      return;
    case KIND_DOUBLE:
      *(double *)field = g_value_get_double (value);
      return;
    case KIND_STRINGS:
      set_strings (field, value);
      return;
  }
  g_return_if_reached ();
}

static const char *
get_base_url (const GstNanovidProperties *properties)
{
  const char *environment = g_getenv ("NANOGPT_BASE_URL");

  if (properties->settings->base_url)
    return properties->settings->base_url;
  return environment ? environment : NANOGPT_DEFAULT_BASE_URL;
}

void
gst_nanovid_properties_get (
    const GstNanovidProperties *properties, guint id, GValue *value)
{
  const Row *row = &rows[id];
  gconstpointer field = get_field (properties, row);

  if (id == GST_NANOVID_PROPERTY_BASE_URL) {
    g_value_set_string (value, get_base_url (properties));
    return;
  }

  switch (row->kind) {
    case KIND_SECRET:
      return;
    case KIND_STRING:
      g_value_set_string (value, *(char *const *)field);
      return;
    case KIND_BOOLEAN:
      g_value_set_boolean (value, *(const gboolean *)field);
      return;
    case KIND_SWITCH:
      g_value_set_boolean (
          value, *(const NanogptSwitch *)field == NANOGPT_SWITCH_ON);
      return;
    case KIND_UINT:
      g_value_set_uint (value, *(const guint *)field);
      return;
    case KIND_INT64:
      g_value_set_int64 (value, *(const gint64 *)field);
      return;
    case KIND_UINT64:
      g_value_set_uint64 (value, *(const guint64 *)field);
      return;
    case KIND_LIMIT:
    case KIND_BALANCE:
      g_value_set_double (
          value, nanogpt_money_to_double (*(const NanogptMicros *)field));
      return;
    case KIND_DOUBLE:
      g_value_set_double (value, *(const double *)field);
      return;
    case KIND_STRINGS:
      get_strings (*(char **const *)field, value);
      return;
  }
  g_return_if_reached ();
}

static gboolean
is_request (const Row *row)
{
  return row->owner == OWNER_URLS
      || (row->owner == OWNER_PARAMETERS
          && row->offset != G_STRUCT_OFFSET (NanogptParameters, extra)
          && row->offset != G_STRUCT_OFFSET (NanogptParameters, conversation));
}

guint
gst_nanovid_properties_find_request (const char *name)
{
  for (guint id = 1; id < G_N_ELEMENTS (rows); id++) {
    if (g_strcmp0 (rows[id].name, name) == 0)
      return is_request (&rows[id]) ? id : 0;
  }
  return 0;
}

guint
gst_nanovid_properties_find_option (const char *name)
{
  for (guint id = 1; id < G_N_ELEMENTS (rows); id++) {
    if (rows[id].owner != OWNER_SETTINGS
        && g_strcmp0 (rows[id].name, name) == 0)
      return id;
  }
  return 0;
}
