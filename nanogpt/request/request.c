/* nanovid: NanogptRequest: parameters, checks, JSON body and digest
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "request.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "nanogpt/base/error.h"
#include "image.h"
#include "nanogpt/base/json.h"
#include "models.h"
#include "request-summary.h"

struct _NanogptRequest
{
  gatomicrefcount ref_count;
  char *model;
  char *prompt;
  char *conversation;
  char **warnings;
  GBytes *body;
  char *digest;
  JsonObject *summary;
  char *kind;
};

/* Fields for the image that a clip begins with: a request has one of them. */
static const char *const first_image_names[] = { "imageDataUrl",
  "image_data_url", "imageUrl", "image", "imageAttachmentId", NULL };
static const char *const other_image_names[] = { "reference_image",
  "referenceImages", "reference_images", "reference_image_urls", NULL };

/* Fields for anything else that can stand in for a prompt. */
static const char *const source_names[] = { "script", "storyConfig",
  "scriptConfig", "video", "videoUrl", "videoDataUrl", "videoAttachmentId",
  "referenceVideos", "reference_videos", "targetVideo", "audio", "audioUrl",
  "audioDataUrl", NULL };

NanogptParameters *
nanogpt_parameters_new (void)
{
  NanogptParameters *parameters = g_new0 (NanogptParameters, 1);

  parameters->model = g_strdup (NANOGPT_DEFAULT_MODEL);
  parameters->seed = NANOGPT_SEED_UNSET;
  parameters->cfg_scale = NANOGPT_CFG_SCALE_UNSET;
  return parameters;
}

NanogptParameters *
nanogpt_parameters_copy (const NanogptParameters *parameters)
{
  NanogptParameters *copy = g_memdup2 (parameters, sizeof *parameters);

  copy->model = g_strdup (parameters->model);
  copy->prompt = g_strdup (parameters->prompt);
  copy->negative_prompt = g_strdup (parameters->negative_prompt);
  copy->aspect_ratio = g_strdup (parameters->aspect_ratio);
  copy->resolution = g_strdup (parameters->resolution);
  copy->image_url = g_strdup (parameters->image_url);
  copy->conversation = g_strdup (parameters->conversation);
  copy->extra = g_strdup (parameters->extra);
  return copy;
}

void
nanogpt_parameters_free (NanogptParameters *parameters)
{
  if (!parameters)
    return;
  g_free (parameters->model);
  g_free (parameters->prompt);
  g_free (parameters->negative_prompt);
  g_free (parameters->aspect_ratio);
  g_free (parameters->resolution);
  g_free (parameters->image_url);
  g_free (parameters->conversation);
  g_free (parameters->extra);
  g_free (parameters);
}

static gboolean
is_set (const char *string)
{
  return string && *string != '\0';
}

static gboolean
is_blank (const char *string)
{
  return string == NULL || string[strspn (string, " \t\r\n")] == '\0';
}

static gboolean
has_any (JsonObject *object, const char *const *names)
{
  for (; *names; names++) {
    if (json_object_has_member (object, *names)
        && !json_object_get_null_member (object, *names))
      return TRUE;
  }
  return FALSE;
}

static gboolean
invalid (GError **error, const char *message)
{
  g_set_error_literal (
      error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST, message);
  return FALSE;
}

static gboolean
not_utf8 (const char *property, GError **error)
{
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("The property %s is not UTF-8"), property);
  return FALSE;
}

static gboolean
check_size (gsize size, GError **error)
{
  if (size <= NANOGPT_REQUEST_MAX_SIZE)
    return TRUE;
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE,
      _ ("The request has %.2f MB, but the service accepts %.2f MB at most: "
         "use smaller images, or put them on a server and send their URLs"),
      size / 1e6, NANOGPT_REQUEST_MAX_SIZE / 1e6);
  return FALSE;
}

static gboolean
check_image_url (const char *text, GError **error)
{
  g_autoptr (GUri) url = g_uri_parse (text, G_URI_FLAGS_ENCODED, NULL);

  if (!url || strcmp (g_uri_get_scheme (url), "https") != 0
      || !is_set (g_uri_get_host (url)))
    return invalid (error,
        _ ("The property image-url is not an https URL, which the service "
           "needs to fetch the image: for a local file, use image-location"));
  return TRUE;
}

static char *
load_image_file (
    const NanogptParameters *parameters, const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *subject = g_strdup_printf (_ ("The image %s"), shown);
  g_autoptr (GBytes) image = NULL;

  if (!parameters->load_image)
    return nanogpt_image_file_to_data_url (path, error);
  image = parameters->load_image (path, parameters->load_image_data, error);
  return image ? nanogpt_image_to_data_url (image, subject, error) : NULL;
}

static gboolean
inline_file (
    JsonNode *node, const NanogptParameters *parameters, GError **error)
{
  const char *uri = json_node_get_string (node);
  g_autofree char *path = NULL;
  g_autofree char *host = NULL;
  g_autofree char *data_url = NULL;

  if (!g_str_has_prefix (uri, "file://"))
    return TRUE;
  path = g_filename_from_uri (uri, &host, NULL);
  if (!path || (host && strcmp (host, "localhost") != 0))
    return invalid (error,
        _ ("The property parameters has a file:// URI that is not a local "
           "file"));
  data_url = load_image_file (parameters, path, error);
  if (!data_url)
    return FALSE;
  json_node_set_string (node, data_url);
  return TRUE;
}

/* The service cannot reach local files: they are sent along. */
static gboolean
inline_files (
    JsonNode *node, const NanogptParameters *parameters, GError **error)
{
  g_autoptr (GList) children = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    children = json_object_get_values (json_node_get_object (node));
  else if (JSON_NODE_HOLDS_ARRAY (node))
    children = json_array_get_elements (json_node_get_array (node));
  else if (JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_STRING)
    return inline_file (node, parameters, error);

  for (GList *l = children; l; l = l->next) {
    if (!inline_files (l->data, parameters, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
inline_members (
    JsonObject *extra, const NanogptParameters *parameters, GError **error)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), extra);

  return inline_files (node, parameters, error);
}

static JsonObject *
parse_extra (const NanogptParameters *parameters, GError **error)
{
  const char *text = parameters->extra;
  g_autoptr (JsonObject) extra = NULL;

  if (is_blank (text))
    return json_object_new ();
  if (!check_size (strlen (text), error))
    return NULL;
  extra = nanogpt_json_parse (text, strlen (text),
      _ ("The property parameters"), NANOGPT_ERROR_INVALID_REQUEST, error);
  if (!extra)
    return NULL;
  if (json_object_has_member (extra, "model")) {
    invalid (error,
        _ ("The property parameters has a model in it: set the property model "
           "instead, so that the model's rules are checked"));
    return NULL;
  }
  return g_steal_pointer (&extra);
}

gboolean
nanogpt_parameters_replace_image (const NanogptParameters *parameters)
{
  g_autoptr (JsonObject) extra = parse_extra (parameters, NULL);

  return extra && has_any (extra, first_image_names);
}

/* A request in the making. */
typedef struct
{
  const char *model;
  JsonObject *extra;
  JsonObject *body;
  GPtrArray *warnings;
} Draft;

/* What stands in the property parameters is the user's own word on a field,
 * and counts alone: nothing is checked that it takes the place of. */
static gboolean
draft_is_replaced (Draft *draft, NanogptField field)
{
  return json_object_has_member (
      draft->extra, nanogpt_model_get_wire_name (draft->model, field));
}

static gboolean
draft_check_text (
    Draft *draft, const NanogptParameters *parameters, GError **error)
{
  const struct
  {
    const char *name;
    const char *value;
    const char *wire;
  } texts[] = {
    { "prompt", parameters->prompt, "prompt" },
    { "negative-prompt", parameters->negative_prompt,
        nanogpt_model_get_wire_name (
            draft->model, NANOGPT_FIELD_NEGATIVE_PROMPT) },
    { "aspect-ratio", parameters->aspect_ratio,
        nanogpt_model_get_wire_name (
            draft->model, NANOGPT_FIELD_ASPECT_RATIO) },
    { "resolution", parameters->resolution,
        nanogpt_model_get_wire_name (draft->model, NANOGPT_FIELD_RESOLUTION) },
    { "image-url", parameters->image_url, "imageUrl" },
    { "conversation", parameters->conversation, "conversationUUID" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    if (!texts[i].value || json_object_has_member (draft->extra, texts[i].wire)
        || g_utf8_validate (texts[i].value, -1, NULL))
      continue;
    return not_utf8 (texts[i].name, error);
  }
  return TRUE;
}

static gboolean
draft_check_numbers (
    Draft *draft, const NanogptParameters *parameters, GError **error)
{
  if (!draft_is_replaced (draft, NANOGPT_FIELD_CFG_SCALE)
      && (!isfinite (parameters->cfg_scale)
          || (parameters->cfg_scale < 0
              && parameters->cfg_scale != NANOGPT_CFG_SCALE_UNSET)))
    return invalid (error, _ ("The property cfg-scale must be 0 or more"));
  if (!draft_is_replaced (draft, NANOGPT_FIELD_SEED) && parameters->seed < 0
      && parameters->seed != NANOGPT_SEED_UNSET)
    return invalid (error, _ ("The property seed must be 0 or more"));
  return TRUE;
}

/* Returns: whether @value is to be sent, as @wire, or was refused */
static gboolean
draft_wants (Draft *draft, NanogptField field, const char *value,
    const char **wire, GError **error)
{
  if (draft_is_replaced (draft, field)) {
    *wire = NULL;
    return TRUE;
  }
  *wire = nanogpt_model_get_wire_name (draft->model, field);
  return nanogpt_model_check_field (
      draft->model, field, value, draft->warnings, error);
}

static gboolean
draft_add_string (
    Draft *draft, NanogptField field, const char *value, GError **error)
{
  g_autofree char *wire_value = NULL;
  const char *wire;

  if (!is_set (value))
    return TRUE;
  if (!draft_wants (draft, field, value, &wire, error))
    return FALSE;
  if (!wire)
    return TRUE;
  wire_value = nanogpt_model_dup_wire_value (draft->model, field, value);
  json_object_set_string_member (draft->body, wire, wire_value);
  return TRUE;
}

static gboolean
draft_add_integer (
    Draft *draft, NanogptField field, gint64 value, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);
  const char *wire;

  if (!draft_wants (draft, field, text, &wire, error))
    return FALSE;
  if (wire)
    json_object_set_int_member (draft->body, wire, value);
  return TRUE;
}

static gboolean
draft_add_count (Draft *draft, NanogptField field, guint value, GError **error)
{
  return value == 0 || draft_add_integer (draft, field, value, error);
}

static gboolean
draft_add_double (
    Draft *draft, NanogptField field, double value, GError **error)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  const char *wire;

  g_ascii_formatd (text, sizeof text, "%g", value);
  if (!draft_wants (draft, field, text, &wire, error))
    return FALSE;
  if (wire)
    json_object_set_double_member (draft->body, wire, value);
  return TRUE;
}

static gboolean
draft_add_switch (
    Draft *draft, NanogptField field, NanogptSwitch value, GError **error)
{
  gboolean is_on = value == NANOGPT_SWITCH_ON;
  const char *wire;

  if (value == NANOGPT_SWITCH_UNSET)
    return TRUE;
  if (!draft_wants (draft, field, is_on ? "true" : "false", &wire, error))
    return FALSE;
  if (wire)
    json_object_set_boolean_member (draft->body, wire, is_on);
  return TRUE;
}

static gboolean
draft_add_duration (Draft *draft, guint seconds, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%u", seconds);

  return seconds == 0
      || draft_add_string (draft, NANOGPT_FIELD_DURATION, text, error);
}

static gboolean
draft_add_fields (
    Draft *draft, const NanogptParameters *parameters, GError **error)
{
  return draft_add_string (draft, NANOGPT_FIELD_NEGATIVE_PROMPT,
             parameters->negative_prompt, error)
      && draft_add_duration (draft, parameters->duration, error)
      && draft_add_string (
          draft, NANOGPT_FIELD_ASPECT_RATIO, parameters->aspect_ratio, error)
      && draft_add_string (
          draft, NANOGPT_FIELD_RESOLUTION, parameters->resolution, error)
      && draft_add_count (
          draft, NANOGPT_FIELD_NUM_FRAMES, parameters->num_frames, error)
      && draft_add_count (draft, NANOGPT_FIELD_FRAMES_PER_SECOND,
          parameters->frames_per_second, error)
      && draft_add_count (draft, NANOGPT_FIELD_NUM_INFERENCE_STEPS,
          parameters->num_inference_steps, error)
      && (parameters->seed == NANOGPT_SEED_UNSET
          || draft_add_integer (
              draft, NANOGPT_FIELD_SEED, parameters->seed, error))
      && (parameters->cfg_scale == NANOGPT_CFG_SCALE_UNSET
          || draft_add_double (
              draft, NANOGPT_FIELD_CFG_SCALE, parameters->cfg_scale, error))
      && draft_add_switch (
          draft, NANOGPT_FIELD_PRO_MODE, parameters->pro_mode, error)
      && draft_add_switch (
          draft, NANOGPT_FIELD_CAMERA_FIXED, parameters->camera_fixed, error)
      && draft_add_switch (draft, NANOGPT_FIELD_SHOW_EXPLICIT_CONTENT,
          parameters->show_explicit_content, error);
}

static gboolean
draft_add_image_url (Draft *draft, const char *url, GError **error)
{
  if (!is_set (url) || json_object_has_member (draft->extra, "imageUrl"))
    return TRUE;
  if (!check_image_url (url, error))
    return FALSE;
  json_object_set_string_member (draft->body, "imageUrl", url);
  return TRUE;
}

/* There is one image that a clip begins with. */
static gboolean
draft_add_image (Draft *draft, const NanogptParameters *parameters,
    GBytes *image, GError **error)
{
  g_autofree char *data_url = NULL;

  if (has_any (draft->extra, first_image_names))
    return TRUE;
  if (!image)
    return draft_add_image_url (draft, parameters->image_url, error);
  if (is_set (parameters->image_url))
    return invalid (error,
        _ ("There are two input images, image-url and one sent inline: the "
           "service accepts one"));
  data_url = nanogpt_image_to_data_url (image, _ ("The input image"), error);
  if (!data_url)
    return FALSE;
  json_object_set_string_member (draft->body, "imageDataUrl", data_url);
  return TRUE;
}

static void
set_if_set (JsonObject *object, const char *name, const char *value)
{
  if (is_set (value))
    json_object_set_string_member (object, name, value);
}

static void
draft_merge_extra (Draft *draft)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init (&iter, draft->extra);
  while (json_object_iter_next (&iter, &name, &value))
    json_object_set_member (draft->body, name, json_node_copy (value));
}

static gboolean
draft_check_inputs (Draft *draft, GError **error)
{
  gboolean has_image = has_any (draft->body, first_image_names)
      || has_any (draft->body, other_image_names);

  if (!nanogpt_model_check_image (
          draft->model, has_image, draft->warnings, error))
    return FALSE;
  if (is_blank (nanogpt_json_get_string (draft->body, "prompt")) && !has_image
      && !has_any (draft->body, source_names))
    return invalid (error,
        _ ("There is nothing to generate: set the property prompt, or give an "
           "input image"));
  return TRUE;
}

static gboolean
draft_fill (Draft *draft, const NanogptParameters *parameters, GBytes *image,
    GError **error)
{
  json_object_set_string_member (draft->body, "model", draft->model);
  if (!is_blank (parameters->prompt))
    json_object_set_string_member (draft->body, "prompt", parameters->prompt);
  set_if_set (draft->body, "conversationUUID", parameters->conversation);
  if (!draft_add_image (draft, parameters, image, error)
      || !draft_add_fields (draft, parameters, error))
    return FALSE;
  draft_merge_extra (draft);
  return draft_check_inputs (draft, error);
}

static NanogptRequest *
draft_finish (Draft *draft, GError **error)
{
  g_autoptr (JsonNode) root =
      json_node_init_object (json_node_alloc (), draft->body);
  g_autofree char *text = nanogpt_json_write (root);
  gsize size = strlen (text);
  NanogptRequest *request;

  if (!check_size (size, error))
    return NULL;
  request = g_new0 (NanogptRequest, 1);
  g_atomic_ref_count_init (&request->ref_count);
  request->model = g_strdup (draft->model);
  request->prompt = g_strdup (nanogpt_json_get_string (draft->body, "prompt"));
  request->conversation =
      g_strdup (nanogpt_json_get_string (draft->body, "conversationUUID"));
  g_ptr_array_add (draft->warnings, NULL);
  request->warnings = (char **)g_ptr_array_steal (draft->warnings, NULL);
  /* The body is canonical: equal requests are equal in every byte. */
  request->digest = g_compute_checksum_for_data (
      G_CHECKSUM_SHA256, (const guchar *)text, size);
  request->body = g_bytes_new_take (g_steal_pointer (&text), size);
  request->summary = nanogpt_request_summary_new (draft->body);
  request->kind =
      nanogpt_request_summary_to_text (request->summary, request->model);
  return request;
}

NanogptRequest *
nanogpt_request_new (
    const NanogptParameters *parameters, GBytes *image, GError **error)
{
  g_autoptr (JsonObject) extra = NULL;
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  Draft draft = { parameters->model, NULL, body, warnings };

  if (!is_set (parameters->model)) {
    invalid (error, _ ("There is no model: set the property model"));
    return NULL;
  }
  if (!g_utf8_validate (parameters->model, -1, NULL)) {
    not_utf8 ("model", error);
    return NULL;
  }
  draft.extra = extra = parse_extra (parameters, error);
  if (!extra || !inline_members (extra, parameters, error)
      || !draft_check_text (&draft, parameters, error)
      || !draft_check_numbers (&draft, parameters, error)
      || !draft_fill (&draft, parameters, image, error))
    return NULL;
  return draft_finish (&draft, error);
}

NanogptRequest *
nanogpt_request_ref (NanogptRequest *request)
{
  g_atomic_ref_count_inc (&request->ref_count);
  return request;
}

void
nanogpt_request_unref (NanogptRequest *request)
{
  if (!g_atomic_ref_count_dec (&request->ref_count))
    return;
  g_free (request->model);
  g_free (request->prompt);
  g_free (request->conversation);
  g_strfreev (request->warnings);
  g_bytes_unref (request->body);
  g_free (request->digest);
  json_object_unref (request->summary);
  g_free (request->kind);
  g_free (request);
}

const char *
nanogpt_request_get_model (const NanogptRequest *request)
{
  return request->model;
}

const char *
nanogpt_request_get_prompt (const NanogptRequest *request)
{
  return request->prompt;
}

const char *
nanogpt_request_get_conversation (const NanogptRequest *request)
{
  return request->conversation;
}

const char *const *
nanogpt_request_get_warnings (const NanogptRequest *request)
{
  return (const char *const *)request->warnings;
}

GBytes *
nanogpt_request_get_body (const NanogptRequest *request)
{
  return request->body;
}

const char *
nanogpt_request_get_digest (const NanogptRequest *request)
{
  return request->digest;
}

const char *
nanogpt_request_get_kind (const NanogptRequest *request)
{
  return request->kind;
}

JsonObject *
nanogpt_request_get_summary (const NanogptRequest *request)
{
  return request->summary;
}
