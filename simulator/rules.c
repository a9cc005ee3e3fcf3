/* nanovid: simulator: the rules that a submit must keep
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules.h"

#include "clip-format.h"
#include "ledger.h"

#include <math.h>
#include <string.h>

/* What the edge in front of the service lets through. */
#define MAX_BODY 4500000
/* A data URL as it is sent, in base64. */
#define MAX_DATA_URL (4 * 1024 * 1024)
#define MAX_DEPTH 64

static const char *const core_fields[] = { "model", "prompt",
  "conversationUUID", "imageDataUrl", "image_data_url", "image", "imageUrl",
  "imageAttachmentId", "simulatorClip" };

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (SimAnswer **refusal, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  *refusal = sim_answer_new_error (400, SIM_SHAPE_STRING, NULL, message);
  return FALSE;
}

/* json-glib recurses, so that a deep document would overflow the stack. */
static gboolean
is_deep (const char *text, gsize length)
{
  guint depth = 0;
  gboolean in_string = FALSE;

  for (gsize i = 0; i < length; i++) {
    if (in_string) {
      if (text[i] == '\\')
        i++;
      else if (text[i] == '"')
        in_string = FALSE;
    } else if (text[i] == '"') {
      in_string = TRUE;
    } else if (text[i] == '{' || text[i] == '[') {
      if (++depth > MAX_DEPTH)
        return TRUE;
    } else if ((text[i] == '}' || text[i] == ']') && depth > 0) {
      depth--;
    }
  }
  return FALSE;
}

static gboolean
is_json_type (const char *content_type)
{
  g_auto (GStrv) parts = NULL;

  if (!content_type)
    return FALSE;
  parts = g_strsplit (content_type, ";", 2);
  return g_ascii_strcasecmp (g_strstrip (parts[0]), "application/json") == 0;
}

static JsonObject *
parse_body (JsonParser *parser, const char *content_type, GBytes *body,
    SimAnswer **refusal)
{
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  JsonNode *root;

  if (length > MAX_BODY) {
    *refusal = sim_answer_new_error (
        413, SIM_SHAPE_HTML, NULL, "FUNCTION_PAYLOAD_TOO_LARGE");
    return NULL;
  }
  if (!is_json_type (content_type)) {
    *refusal = sim_answer_new_error (
        415, SIM_SHAPE_STRING, NULL, "Content-Type must be application/json");
    return NULL;
  }
  if (length == 0 || !g_utf8_validate_len (text, length, NULL)
      || is_deep (text, length)
      || !json_parser_load_from_data (parser, text, length, NULL)) {
    refuse (refusal, "Invalid JSON in request body");
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root)) {
    refuse (refusal, "The request body must be a JSON object");
    return NULL;
  }
  return json_node_get_object (root);
}

/* Puts the string member @name into @value: NULL when it is absent. */
static gboolean
get_string (
    JsonObject *object, const char *name, char **value, SimAnswer **refusal)
{
  JsonNode *node = json_object_get_member (object, name);

  if (!node)
    return TRUE;
  if (json_node_get_value_type (node) != G_TYPE_STRING)
    return refuse (refusal, "%s must be a string", name);
  g_free (*value);
  *value = json_node_dup_string (node);
  return TRUE;
}

static gboolean
parse_whole (const char *text, gboolean with_s, double *number)
{
  gsize digits = strspn (text, "0123456789");
  const char *rest = text + digits;

  if (digits == 0 || digits > 9 || !g_str_equal (rest, with_s ? "s" : ""))
    return FALSE;
  *number = g_ascii_strtod (text, NULL);
  return TRUE;
}

static gboolean
is_choice (const SimField *field, const char *text)
{
  g_auto (GStrv) values = g_strsplit (field->values, "|", -1);

  return g_strv_contains ((const char *const *)values, text);
}

/* A whole number stands for the same digits as a string, and for a number of
 * seconds where the choices are written with an s. */
static char *
choice_to_string (const SimField *field, JsonNode *node)
{
  g_autofree char *digits = NULL;
  g_autofree char *seconds = NULL;

  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return is_choice (field, json_node_get_string (node))
        ? json_node_dup_string (node)
        : NULL;
  if (json_node_get_value_type (node) != G_TYPE_INT64)
    return NULL;
  digits = g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  seconds = g_strconcat (digits, "s", NULL);
  if (is_choice (field, digits))
    return g_steal_pointer (&digits);
  if (g_str_equal (field->name, "duration") && is_choice (field, seconds))
    return g_steal_pointer (&seconds);
  return NULL;
}

static char *
whole_to_string (const SimField *field, JsonNode *node)
{
  GType type = json_node_get_value_type (node);
  gboolean with_s = field->type == SIM_FIELD_SECONDS;
  const char *text;
  double number;

  if (type == G_TYPE_STRING) {
    text = json_node_get_string (node);
    if (g_str_has_prefix (text, "-1") && text[2] == '\0' && field->min == -1)
      return g_strdup (text);
    if (!parse_whole (text, with_s, &number))
      return NULL;
  } else if (type == G_TYPE_INT64) {
    number = json_node_get_int (node);
  } else {
    return NULL;
  }
  if (number < field->min || number > field->max)
    return NULL;
  return g_strdup_printf ("%.0f%s", number, with_s ? "s" : "");
}

/* Returns: the value of @node as a string, NULL when it is not allowed. */
static char *
field_to_string (const SimField *field, JsonNode *node)
{
  GType type = json_node_get_value_type (node);
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  double number;

  switch (field->type) {
    case SIM_FIELD_CHOICE:
      return choice_to_string (field, node);
    case SIM_FIELD_DIGITS:
    case SIM_FIELD_SECONDS:
    case SIM_FIELD_INTEGER:
      return whole_to_string (field, node);
    case SIM_FIELD_NUMBER:
      if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64)
        return NULL;
      number = json_node_get_double (node);
      if (number < field->min || number > field->max)
        return NULL;
      return g_strdup (g_ascii_dtostr (buffer, sizeof buffer, number));
    case SIM_FIELD_BOOLEAN:
      if (type != G_TYPE_BOOLEAN)
        return NULL;
      return g_strdup (json_node_get_boolean (node) ? "true" : "false");
    case SIM_FIELD_TEXT:
      return type == G_TYPE_STRING ? json_node_dup_string (node) : NULL;
  }
  return NULL;
}

static char *
describe_field (const SimField *field)
{
  g_autofree char *values = NULL;

  switch (field->type) {
    case SIM_FIELD_CHOICE:
      values = g_strdelimit (g_strdup (field->values), "|", ',');
      return g_strdup_printf ("one of %s", values);
    case SIM_FIELD_SECONDS:
      return g_strdup_printf (
          "a string from \"%.0fs\" to \"%.0fs\"", field->min, field->max);
    case SIM_FIELD_DIGITS:
      return g_strdup_printf (
          "a string from \"%.0f\" to \"%.0f\"", field->min, field->max);
    case SIM_FIELD_INTEGER:
      return g_strdup_printf (
          "an integer from %.0f to %.0f", field->min, field->max);
    case SIM_FIELD_NUMBER:
      return g_strdup_printf ("a number from %g to %g", field->min, field->max);
    case SIM_FIELD_BOOLEAN:
      return g_strdup ("a boolean");
    case SIM_FIELD_TEXT:
      return g_strdup ("a string");
  }
  return NULL;
}

static gboolean
parse_fields (SimRequest *request, JsonObject *object, SimAnswer **refusal)
{
  for (const SimField *field = request->model->fields; field->name; field++) {
    JsonNode *node = json_object_get_member (object, field->name);
    g_autofree char *value = NULL;
    g_autofree char *wanted = NULL;

    if (!node) {
      if (field->initial)
        g_hash_table_insert (
            request->values, (gpointer)field->name, g_strdup (field->initial));
      continue;
    }
    value = field_to_string (field, node);
    if (!value) {
      wanted = describe_field (field);
      return refuse (refusal, "Invalid value for %s: %s must be %s",
          request->model->slug, field->name, wanted);
    }
    g_hash_table_insert (
        request->values, (gpointer)field->name, g_steal_pointer (&value));
  }
  if (g_strcmp0 (sim_request_get (request, "resolution"), "1792x1024") == 0
      && g_strcmp0 (sim_request_get (request, "pro_mode"), "true") != 0)
    return refuse (refusal, "resolution 1792x1024 needs pro_mode");
  return TRUE;
}

static gboolean
is_known (SimRequest *request, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (core_fields); i++) {
    if (g_str_equal (core_fields[i], name))
      return TRUE;
  }
  for (const SimField *field = request->model->fields; field->name; field++) {
    if (g_str_equal (field->name, name))
      return TRUE;
  }
  if (request->model->needs_video && g_str_has_prefix (name, "video"))
    return TRUE;
  if (request->model->needs_audio && g_str_has_prefix (name, "audio"))
    return TRUE;
  return request->model->last_image && g_str_equal (name, "last_image");
}

static void
note_ignored (SimRequest *request, JsonObject *object)
{
  g_autoptr (GList) names = json_object_get_members (object);

  for (GList *l = names; l; l = l->next) {
    if (!is_known (request, l->data))
      g_ptr_array_add (request->ignored, g_strdup (l->data));
  }
  g_ptr_array_add (request->ignored, NULL);
}

static gboolean
has_magic (const char *type, const guint8 *data, gsize size)
{
  if (g_str_equal (type, "png"))
    return size > 8 && memcmp (data, "\211PNG\r\n\032\n", 8) == 0;
  if (g_str_equal (type, "jpeg"))
    return size > 3 && memcmp (data, "\377\330\377", 3) == 0;
  return size > 12 && memcmp (data, "RIFF", 4) == 0
      && memcmp (data + 8, "WEBP", 4) == 0;
}

static gboolean
is_base64 (const char *text)
{
  gsize length = strlen (text);
  gsize digits = strspn (
      text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

  if (length == 0 || length % 4 != 0 || length - digits > 2)
    return FALSE;
  return strspn (text + digits, "=") == length - digits;
}

/* Decodes data:image/TYPE;base64,... Returns the bytes, and TYPE in @type. */
static GBytes *
parse_data_url (
    const char *name, const char *url, char **type, SimAnswer **refusal)
{
  static const char *const types[] = { "png", "jpeg", "webp" };

  if (strlen (url) > MAX_DATA_URL) {
    *refusal =
        sim_answer_new_error (413, SIM_SHAPE_CODE, "IMAGE_INPUT_TOO_LARGE",
            "The image is larger than 4 MB, use imageUrl instead");
    return NULL;
  }
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autofree char *prefix =
        g_strdup_printf ("data:image/%s;base64,", types[i]);
    const char *text = url + strlen (prefix);
    g_autofree guchar *data = NULL;
    gsize size;

    if (!g_str_has_prefix (url, prefix))
      continue;
    if (!is_base64 (text)) {
      refuse (refusal, "%s is not valid base64", name);
      return NULL;
    }
    data = g_base64_decode (text, &size);
    if (!has_magic (types[i], data, size)) {
      refuse (refusal, "%s is declared as image/%s, but its bytes are not",
          name, types[i]);
      return NULL;
    }
    *type = g_strdup (types[i]);
    return g_bytes_new_take (g_steal_pointer (&data), size);
  }
  refuse (refusal, "%s must begin with data:image/ png, jpeg or webp ;base64,",
      name);
  return NULL;
}

static gboolean
check_url (const char *name, const char *url, SimAnswer **refusal)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  if (!uri || !g_str_equal (g_uri_get_scheme (uri), "https")
      || !g_uri_get_host (uri) || *g_uri_get_host (uri) == '\0')
    return refuse (refusal, "%s must be a public https URL", name);
  return TRUE;
}

static gboolean
parse_image (SimRequest *request, JsonObject *object, SimAnswer **refusal)
{
  static const char *const names[] = { "imageDataUrl", "image_data_url",
    "image" };
  g_autofree char *attachment = NULL;
  g_autofree char *last = NULL;
  guint found = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *url = NULL;

    if (!get_string (object, names[i], &url, refusal))
      return FALSE;
    if (!url)
      continue;
    if (found++ > 0)
      return refuse (refusal, "Only one image can be given");
    request->image =
        parse_data_url (names[i], url, &request->image_type, refusal);
    if (!request->image)
      return FALSE;
  }
  if (!get_string (object, "imageUrl", &request->image_url, refusal)
      || !get_string (object, "imageAttachmentId", &attachment, refusal))
    return FALSE;
  if (request->image_url) {
    if (found++ > 0)
      return refuse (
          refusal, "Only one of imageUrl and imageDataUrl can be given");
    if (!check_url ("imageUrl", request->image_url, refusal))
      return FALSE;
  }
  if (attachment && found == 0)
    return refuse (refusal, "No attachment %s in your library", attachment);

  if (found > 0 && request->model->image == SIM_MEDIA_NO)
    return refuse (
        refusal, "%s does not support image input", request->model->slug);
  if (found == 0 && request->model->image == SIM_MEDIA_REQUIRED)
    return refuse (refusal,
        "%s is an image-to-video model and requires an image. Provide "
        "imageDataUrl or imageUrl.",
        request->model->slug);

  if (!request->model->last_image)
    return TRUE;
  if (!get_string (object, "last_image", &last, refusal))
    return FALSE;
  if (last && g_str_has_prefix (last, "data:")) {
    g_autofree char *type = NULL;
    g_autoptr (GBytes) data =
        parse_data_url ("last_image", last, &type, refusal);
    return data != NULL;
  }
  return !last || check_url ("last_image", last, refusal);
}

/* A source clip or a voice, which is not looked at: as an https URL or inline. */
static gboolean
check_source (JsonObject *object, const char *kind, SimAnswer **refusal)
{
  g_autofree char *url_name = g_strconcat (kind, "Url", NULL);
  g_autofree char *data_name = g_strconcat (kind, "DataUrl", NULL);
  g_autofree char *prefix = g_strdup_printf ("data:%s/", kind);
  g_autofree char *url = NULL;
  g_autofree char *data = NULL;

  if (!get_string (object, url_name, &url, refusal)
      || !get_string (object, data_name, &data, refusal))
    return FALSE;
  if (!url && !data)
    return refuse (refusal, "%s or %s is required", url_name, data_name);
  if (data && !g_str_has_prefix (data, prefix))
    return refuse (refusal, "%s must begin with %s", data_name, prefix);
  return !url || check_url (url_name, url, refusal);
}

static gboolean
parse_prompt (SimRequest *request, JsonObject *object, SimAnswer **refusal)
{
  const SimModel *model = request->model;
  gboolean has_image = request->image || request->image_url;
  gboolean optional = model->needs_video || model->needs_audio
      || (has_image && !model->needs_prompt);
  g_autofree char *stripped = NULL;

  if (!get_string (object, "prompt", &request->prompt, refusal))
    return FALSE;
  stripped = g_strstrip (g_strdup (request->prompt ? request->prompt : ""));
  if (*stripped == '\0' && !optional)
    return refuse (refusal, "Prompt is required");
  if (model->max_prompt > 0 && request->prompt
      && g_utf8_strlen (request->prompt, -1) > model->max_prompt) {
    g_autofree char *message =
        g_strdup_printf ("Prompt is too long: %s takes at most %u characters",
            model->slug, model->max_prompt);
    *refusal =
        sim_answer_new_error (400, SIM_SHAPE_CODE, "prompt_too_long", message);
    return FALSE;
  }
  return TRUE;
}

static gboolean
parse_model (SimRequest *request, JsonObject *object, SimAnswer **refusal)
{
  g_autofree char *slug = NULL;

  if (!get_string (object, "model", &slug, refusal))
    return FALSE;
  if (!slug || *slug == '\0')
    return refuse (refusal, "Model is required");
  request->model = sim_model_lookup (slug);
  if (!request->model) {
    g_autofree char *message = g_strdup_printf ("Model not found: %s", slug);
    *refusal = sim_answer_new_error (404, SIM_SHAPE_STRING, NULL, message);
    return FALSE;
  }
  return TRUE;
}

static gboolean
parse_conversation (
    SimRequest *request, JsonObject *object, SimAnswer **refusal)
{
  if (!get_string (object, "conversationUUID", &request->conversation, refusal))
    return FALSE;
  if (!request->conversation || g_uuid_string_is_valid (request->conversation))
    return TRUE;
  return refuse (refusal, "conversationUUID must be a UUID");
}

/* Not a field of the service: how a test wants the clip to be. */
static gboolean
parse_clip_format (SimRequest *request, JsonObject *object, SimAnswer **refusal)
{
  SimClipFormat format = { 0 };
  g_autoptr (GError) error = NULL;

  if (!get_string (object, "simulatorClip", &request->clip_format, refusal))
    return FALSE;
  if (!request->clip_format
      || sim_clip_format_parse (&format, request->clip_format, &error))
    return TRUE;
  return refuse (refusal, "simulatorClip: %s", error->message);
}

static gboolean
parse_all (SimRequest *request, JsonObject *object, SimAnswer **refusal)
{
  if (!parse_model (request, object, refusal)
      || !parse_conversation (request, object, refusal)
      || !parse_clip_format (request, object, refusal)
      || !parse_image (request, object, refusal)
      || !parse_prompt (request, object, refusal)
      || !parse_fields (request, object, refusal))
    return FALSE;
  if (request->model->needs_video && !check_source (object, "video", refusal))
    return FALSE;
  if (request->model->needs_audio && !check_source (object, "audio", refusal))
    return FALSE;
  note_ignored (request, object);
  return TRUE;
}

static gint64
find_price (const SimModel *model, const char *key)
{
  for (guint i = 0; model->prices[i].key; i++) {
    if (g_strcmp0 (model->prices[i].key, key) == 0)
      return model->prices[i].amount;
  }
  return model->prices[0].amount;
}

static gboolean
has_audio (SimRequest *request)
{
  return g_strcmp0 (sim_request_get (request, "generateAudio"), "false") != 0
      && g_strcmp0 (sim_request_get (request, "sound"), "false") != 0;
}

static gint64
calculate_cost (SimRequest *request)
{
  const SimModel *model = request->model;
  const char *resolution = sim_request_get (request, "resolution");
  double seconds = sim_request_get_seconds (request);
  g_autofree char *key = g_strdup_printf ("%.0f", seconds);
  gint64 cost = 0;

  switch (model->price_kind) {
    case SIM_PRICE_PER_SECOND:
      cost = llround (model->prices[0].amount * seconds);
      break;
    case SIM_PRICE_PER_SECOND_BY_RESOLUTION:
      cost = llround (find_price (model, resolution) * seconds);
      break;
    case SIM_PRICE_PER_DURATION:
      cost = find_price (model, key);
      break;
    case SIM_PRICE_PER_RESOLUTION:
      cost = find_price (model, resolution);
      break;
    case SIM_PRICE_WITH_AUDIO:
      cost = find_price (
          model, has_audio (request) ? "with_audio" : "without_audio");
      break;
    case SIM_PRICE_BASE: /* the first 5 seconds, and each one after them */
      cost = find_price (model, "base_price")
          + llround (
              find_price (model, "per_extra_second") * MAX (seconds - 5, 0));
      break;
  }
  if (g_strcmp0 (sim_request_get (request, "pro_mode"), "true") == 0
      && g_str_has_prefix (model->slug, "hunyuan"))
    cost *= 2;
  if (g_str_has_prefix (model->slug, "wan-video-image")
      && !g_str_equal (sim_request_get (request, "num_frames"), "81"))
    cost += cost / 4;
  return cost;
}

/* Returns: the request, or NULL with the answer that refuses it in @refusal.
 * @fixed_price: cost of any job, or -1. */
SimRequest *
sim_request_parse (const char *content_type, GBytes *body, gint64 fixed_price,
    SimAnswer **refusal)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (SimRequest) request = NULL;
  JsonObject *object = parse_body (parser, content_type, body, refusal);
  gsize size;
  const char *text = g_bytes_get_data (body, &size);

  if (!object)
    return NULL;
  request = g_new0 (SimRequest, 1);
  request->body = g_strndup (text, size);
  request->values =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  request->ignored = g_ptr_array_new_with_free_func (g_free);
  if (!parse_all (request, object, refusal))
    return NULL;
  request->cost = fixed_price >= 0 ? fixed_price : calculate_cost (request);
  return g_steal_pointer (&request);
}

const char *
sim_request_get (SimRequest *request, const char *name)
{
  return g_hash_table_lookup (request->values, name);
}

/* Length of the clip in seconds. */
double
sim_request_get_seconds (SimRequest *request)
{
  static const char *const names[] = { "duration", "seconds", "videoDuration",
    "audioDuration" };
  const char *frames = sim_request_get (request, "num_frames");
  const char *rate = sim_request_get (request, "frames_per_second");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *value = sim_request_get (request, names[i]);
    if (value)
      return MAX (g_ascii_strtod (value, NULL), 1);
  }
  if (!frames)
    return 5;
  return g_ascii_strtod (frames, NULL)
      / (rate ? g_ascii_strtod (rate, NULL) : 24);
}

void
sim_request_free (SimRequest *request)
{
  g_free (request->body);
  g_free (request->prompt);
  g_free (request->conversation);
  g_free (request->image_url);
  g_free (request->image_type);
  g_free (request->clip_format);
  g_clear_pointer (&request->image, g_bytes_unref);
  g_hash_table_unref (request->values);
  g_ptr_array_unref (request->ignored);
  g_free (request);
}
