/* nanovid: simulator: the rules that a submit must follow
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules.h"

#include "clip-format.h"

#include <string.h>

/* Limit of the edge server in front of the service. */
#define MAX_BODY 4500000
#define MAX_DEPTH 64
/* Maximum seconds of sound that a model accepts. */
#define MAX_AUDIO 60

static const char *const core_fields[] = { "model", "prompt",
  "conversationUUID", "imageDataUrl", "image_data_url", "image", "imageUrl",
  "imageAttachmentId", "simulatorClip" };

G_GNUC_PRINTF (2, 3)
static gboolean
refuse_request (SimResponse **refusal, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  *refusal = sim_response_new_error (400, SIM_SHAPE_STRING, NULL, message);
  return FALSE;
}

/* json-glib recurses, so a deep document would overflow the stack. */
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
    SimResponse **refusal)
{
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  JsonNode *root;

  if (length > MAX_BODY) {
    *refusal = sim_response_new_error (
        413, SIM_SHAPE_HTML, NULL, "FUNCTION_PAYLOAD_TOO_LARGE");
    return NULL;
  }
  if (!is_json_type (content_type)) {
    *refusal = sim_response_new_error (
        415, SIM_SHAPE_STRING, NULL, "Content-Type must be application/json");
    return NULL;
  }
  if (length == 0 || !g_utf8_validate_len (text, length, NULL)
      || is_deep (text, length)
      || !json_parser_load_from_data (parser, text, length, NULL)) {
    refuse_request (refusal, "Invalid JSON in request body");
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root)) {
    refuse_request (refusal, "The request body must be a JSON object");
    return NULL;
  }
  return json_node_get_object (root);
}

/* Gets the string member @name as @value, or NULL if it is absent. */
static gboolean
get_string (
    JsonObject *object, const char *name, char **value, SimResponse **refusal)
{
  JsonNode *node = json_object_get_member (object, name);

  if (!node)
    return TRUE;
  if (json_node_get_value_type (node) != G_TYPE_STRING)
    return refuse_request (refusal, "%s must be a string", name);
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

/* An integer matches a choice with the same digits, and a number of seconds if
 * the choices end in s. */
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
    if (g_str_equal (text, "-1") && (field->min == -1 || field->automatic))
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

/* Returns: the value of @node as a string, NULL if it is not valid. */
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
parse_fields (SimRequest *request, JsonObject *object, SimResponse **refusal)
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
      return refuse_request (refusal, "Invalid value for %s: %s must be %s",
          request->model->slug, field->name, wanted);
    }
    g_hash_table_insert (
        request->values, (gpointer)field->name, g_steal_pointer (&value));
  }
  if (g_strcmp0 (sim_request_get (request, "resolution"), "1792x1024") == 0
      && g_strcmp0 (sim_request_get (request, "pro_mode"), "true") != 0)
    return refuse_request (refusal, "resolution 1792x1024 needs pro_mode");
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
  if (request->model->video_name
          ? g_str_equal (name, request->model->video_name)
          : request->model->video != SIM_MEDIA_NO
              && (g_str_equal (name, "videoUrl")
                  || g_str_equal (name, "videoDataUrl")))
    return TRUE;
  if (request->model->audio != SIM_MEDIA_NO
      && (g_str_has_prefix (name, "audioD") || g_str_equal (name, "audioUrl")
          || g_str_equal (name, "audio")))
    return TRUE;
  return g_strcmp0 (name, request->model->last_image) == 0
      || g_strcmp0 (name, request->model->references) == 0;
}

static void
note_ignored (SimRequest *request, JsonObject *object)
{
  g_autoptr (GList) names = json_object_get_members (object);

  for (GList *l = names; l; l = l->next) {
    g_ptr_array_add (
        is_known (request, l->data) ? request->used : request->ignored,
        g_strdup (l->data));
  }
  g_ptr_array_add (request->used, NULL);
  g_ptr_array_add (request->ignored, NULL);
}

/* Adds the input in the field @name to @inputs, if present. */
static gboolean
take_input (JsonObject *object, const char *name, const char *kind,
    GPtrArray *inputs, SimResponse **refusal)
{
  g_autofree char *text = NULL;
  SimInput *input;

  if (!get_string (object, name, &text, refusal))
    return FALSE;
  if (!text)
    return TRUE;
  if (g_str_has_suffix (name, "Url") && !g_str_has_suffix (name, "DataUrl")
      && g_str_has_prefix (text, "data:"))
    return refuse_request (refusal, "%s must be a public https URL", name);
  input = sim_input_parse (name, kind, text, refusal);
  if (!input)
    return FALSE;
  g_ptr_array_add (inputs, input);
  return TRUE;
}

/* Parses one input, which may have any of @names. */
static gboolean
parse_input (JsonObject *object, const char *const *names, const char *kind,
    SimInput **input, SimResponse **refusal)
{
  g_autoptr (GPtrArray) inputs =
      g_ptr_array_new_with_free_func ((GDestroyNotify)sim_input_free);

  for (; *names; names++) {
    if (!take_input (object, *names, kind, inputs, refusal))
      return FALSE;
  }
  if (inputs->len > 1)
    return refuse_request (refusal, "Only one %s can be given", kind);
  if (inputs->len == 1)
    *input = g_ptr_array_steal_index (inputs, 0);
  return TRUE;
}

static gboolean
parse_image (SimRequest *request, JsonObject *object, SimResponse **refusal)
{
  static const char *const names[] = { "imageDataUrl", "image_data_url",
    "image", "imageUrl", NULL };
  g_autofree char *attachment = NULL;

  if (!parse_input (object, names, "image", &request->image, refusal)
      || !get_string (object, "imageAttachmentId", &attachment, refusal))
    return FALSE;
  if (attachment && !request->image)
    return refuse_request (
        refusal, "No attachment %s in your library", attachment);
  if (request->image && request->model->image == SIM_MEDIA_NO)
    return refuse_request (
        refusal, "%s does not support image input", request->model->slug);
  if (!request->image && request->model->image == SIM_MEDIA_REQUIRED)
    return refuse_request (refusal,
        "%s is an image-to-video model and requires an image. Provide "
        "imageDataUrl or imageUrl.",
        request->model->slug);
  return TRUE;
}

/* Accepts strings, and objects with a string named url. */
static gboolean
parse_references (
    SimRequest *request, JsonObject *object, SimResponse **refusal)
{
  const char *name = request->model->references;
  JsonNode *node = name ? json_object_get_member (object, name) : NULL;
  JsonArray *array;

  if (!node)
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return refuse_request (refusal, "%s must be an array", name);
  array = json_node_get_array (node);
  if (json_array_get_length (array) > request->model->max_references)
    return refuse_request (refusal, "%s takes at most %u reference images",
        request->model->slug, request->model->max_references);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);
    SimInput *input;

    if (JSON_NODE_HOLDS_OBJECT (element))
      element = json_object_get_member (json_node_get_object (element), "url");
    if (!element || json_node_get_value_type (element) != G_TYPE_STRING)
      return refuse_request (refusal, "%s must be an array of URLs", name);
    input = sim_input_parse (
        name, "image", json_node_get_string (element), refusal);
    if (!input)
      return FALSE;
    g_ptr_array_add (request->references, input);
  }
  return TRUE;
}

static gboolean
check_duration (SimRequest *request, JsonObject *object, SimResponse **refusal)
{
  JsonNode *node = json_object_get_member (object, "audioDuration");
  GType type = node ? json_node_get_value_type (node) : G_TYPE_DOUBLE;
  double seconds = 0;
  g_autofree char *message = NULL;

  if (type != G_TYPE_DOUBLE && type != G_TYPE_INT64)
    return refuse_request (refusal, "audioDuration must be a number");
  if (node)
    seconds = json_node_get_double (node);
  if (!node || (seconds > 0 && seconds <= MAX_AUDIO))
    return TRUE;
  message = g_strdup_printf (
      "%s takes audio of up to %d seconds", request->model->slug, MAX_AUDIO);
  *refusal = sim_response_new_error (
      400, SIM_SHAPE_CODE, "INVALID_AUDIO_DURATION", message);
  return FALSE;
}

/* Parses all inputs except the first picture. Inputs that the model does not
 * have are ignored. */
static gboolean
parse_inputs (SimRequest *request, JsonObject *object, SimResponse **refusal)
{
  const SimModel *model = request->model;
  const char *last[] = { model->last_image, NULL };
  static const char *const video[] = { "videoUrl", "videoDataUrl", NULL };
  const char *other_video[] = { model->video_name, NULL };
  static const char *const audio[] = { "audioUrl", "audioDataUrl", "audio",
    NULL };

  if (!parse_input (object, last, "image", &request->last_image, refusal)
      || !parse_references (request, object, refusal))
    return FALSE;
  if (model->video != SIM_MEDIA_NO
      && !parse_input (object, model->video_name ? other_video : video, "video",
          &request->video, refusal))
    return FALSE;
  if (model->audio != SIM_MEDIA_NO
      && (!parse_input (object, audio, "audio", &request->audio, refusal)
          || !check_duration (request, object, refusal)))
    return FALSE;
  if (model->video == SIM_MEDIA_REQUIRED && !request->video)
    return refuse_request (refusal, "%s or videoDataUrl is required",
        model->video_name ? model->video_name : "videoUrl");
  if (model->audio == SIM_MEDIA_REQUIRED && !request->audio)
    return refuse_request (refusal, "audioUrl or audioDataUrl is required");
  return TRUE;
}

static gboolean
parse_prompt (SimRequest *request, JsonObject *object, SimResponse **refusal)
{
  const SimModel *model = request->model;
  gboolean optional =
      g_strcmp0 (sim_request_get (request, "mode"), "video-edit") != 0
      && (request->video || request->audio
          || (request->image && !model->needs_prompt));
  g_autofree char *stripped = NULL;

  if (!get_string (object, "prompt", &request->prompt, refusal))
    return FALSE;
  stripped = g_strstrip (g_strdup (request->prompt ? request->prompt : ""));
  if (*stripped == '\0' && !optional)
    return refuse_request (refusal, "Prompt is required");
  if (model->max_prompt > 0 && request->prompt
      && g_utf8_strlen (request->prompt, -1) > model->max_prompt) {
    g_autofree char *message =
        g_strdup_printf ("Prompt is too long: %s takes at most %u characters",
            model->slug, model->max_prompt);
    *refusal = sim_response_new_error (
        400, SIM_SHAPE_CODE, "prompt_too_long", message);
    return FALSE;
  }
  return TRUE;
}

static gboolean
parse_model (SimRequest *request, JsonObject *object, SimResponse **refusal)
{
  g_autofree char *slug = NULL;

  if (!get_string (object, "model", &slug, refusal))
    return FALSE;
  if (!slug || *slug == '\0')
    return refuse_request (refusal, "Model is required");
  request->model = sim_model_lookup (slug);
  if (!request->model) {
    g_autofree char *message = g_strdup_printf ("Model not found: %s", slug);
    *refusal = sim_response_new_error (404, SIM_SHAPE_STRING, NULL, message);
    return FALSE;
  }
  return TRUE;
}

static gboolean
parse_conversation (
    SimRequest *request, JsonObject *object, SimResponse **refusal)
{
  if (!get_string (object, "conversationUUID", &request->conversation, refusal))
    return FALSE;
  if (!request->conversation || g_uuid_string_is_valid (request->conversation))
    return TRUE;
  return refuse_request (refusal, "conversationUUID must be a UUID");
}

/* Parses a field that the service does not have, in which a test sets the
 * format of the clip. */
static gboolean
parse_clip_format (
    SimRequest *request, JsonObject *object, SimResponse **refusal)
{
  SimClipFormat format = { 0 };
  g_autoptr (GError) error = NULL;

  if (!get_string (object, "simulatorClip", &request->clip_format, refusal))
    return FALSE;
  if (!request->clip_format
      || sim_clip_format_parse (&format, request->clip_format, &error))
    return TRUE;
  return refuse_request (refusal, "simulatorClip: %s", error->message);
}

static gboolean
parse_all (SimRequest *request, JsonObject *object, SimResponse **refusal)
{
  if (!parse_model (request, object, refusal)
      || !parse_conversation (request, object, refusal)
      || !parse_clip_format (request, object, refusal)
      || !parse_image (request, object, refusal)
      || !parse_inputs (request, object, refusal)
      || !parse_fields (request, object, refusal)
      || !parse_prompt (request, object, refusal))
    return FALSE;
  note_ignored (request, object);
  return TRUE;
}

/* Returns: the request, or NULL with a refusing response in @refusal. */
SimRequest *
sim_request_parse (
    const char *content_type, GBytes *body, SimResponse **refusal)
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
  request->used = g_ptr_array_new_with_free_func (g_free);
  request->ignored = g_ptr_array_new_with_free_func (g_free);
  request->references =
      g_ptr_array_new_with_free_func ((GDestroyNotify)sim_input_free);
  if (!parse_all (request, object, refusal))
    return NULL;
  return g_steal_pointer (&request);
}

SimPurpose
sim_request_get_purpose (SimRequest *request, const char *run_id)
{
  return (SimPurpose){ run_id, request->model->slug, request->prompt,
    request->conversation, (const char *const *)request->used->pdata,
    (const char *const *)request->ignored->pdata };
}

const char *
sim_request_get (SimRequest *request, const char *name)
{
  return g_hash_table_lookup (request->values, name);
}

void
sim_request_free (SimRequest *request)
{
  g_free (request->body);
  g_free (request->prompt);
  g_free (request->conversation);
  g_free (request->clip_format);
  g_clear_pointer (&request->image, sim_input_free);
  g_clear_pointer (&request->last_image, sim_input_free);
  g_clear_pointer (&request->video, sim_input_free);
  g_clear_pointer (&request->audio, sim_input_free);
  g_ptr_array_unref (request->references);
  g_ptr_array_unref (request->used);
  g_hash_table_unref (request->values);
  g_ptr_array_unref (request->ignored);
  g_free (request);
}
