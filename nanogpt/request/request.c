/* nanovid: NanogptRequest: validation, JSON body and digest
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "request.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "nanogpt/base/error.h"
#include "extra.h"
#include "media-names.h"
#include "nanogpt/base/json.h"
#include "models.h"
#include "request-media.h"
#include "request-summary.h"

struct _NanogptRequest
{
  gatomicrefcount ref_count;
  char *model;
  char *prompt;
  char *conversation;
  char **warnings;
  GBytes *body;
  gsize uploaded; /* bytes of its data URLs */
  guint open_names;
  char *digest;
  JsonObject *summary;
  char *kind;
};

/* Further fields for an image or a video that no property sets. */
static const char *const other_image_names[] = { "reference_image", NULL };
static const char *const other_video_names[] = { "referenceVideos",
  "reference_videos", "targetVideo", NULL };

/* Fields that can stand in for a prompt, other than media. */
static const char *const source_names[] = { "script", "storyConfig",
  "scriptConfig", NULL };

static gboolean
is_set (const char *string)
{
  return string && *string != '\0';
}

static gboolean
is_blank (const char *string)
{
  return !string || string[strspn (string, " \t\r\n")] == '\0';
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

gboolean
nanogpt_parameters_replace_media (
    const NanogptParameters *parameters, NanogptMediaRole role)
{
  g_autoptr (JsonObject) extra = nanogpt_extra_parse (parameters->extra, NULL);

  return extra && nanogpt_media_names_has (extra, role);
}

/* A request under construction. */
typedef struct
{
  const char *model;
  JsonObject *extra;
  JsonObject *body;
  GPtrArray *warnings;
  GPtrArray *sent; /* of NanogptMedia */
  guint open_names;
} Draft;

/* A field in the property parameters is the user's explicit choice, and is the
 * only one that counts: what it replaces is not checked. */
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
    { "operation", parameters->operation,
        nanogpt_model_get_wire_name (draft->model, NANOGPT_FIELD_OPERATION) },
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

/* Returns: %FALSE if @value was refused; otherwise it is sent as @wire, unless
 * that is %NULL */
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

/* If a user writes -1, GObject turns it into a very large number. */
static gboolean
check_count (NanogptField field, guint value, GError **error)
{
  if (value <= G_MAXINT)
    return TRUE;
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("%s is %d, and cannot be negative: leave it out, or set it to 0, for "
         "the service's own default"),
      nanogpt_field_get_info (field)->property, (int)value);
  return FALSE;
}

static gboolean
draft_add_count (Draft *draft, NanogptField field, guint value, GError **error)
{
  return value == 0
      || (check_count (field, value, error)
          && draft_add_integer (draft, field, value, error));
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
draft_add_audio_switch (Draft *draft, NanogptSwitch value, GError **error)
{
  const NanogptField field = NANOGPT_FIELD_GENERATE_AUDIO;

  if (value != NANOGPT_SWITCH_UNSET && !draft_is_replaced (draft, field)
      && !nanogpt_model_knows_wire_name (draft->model, field))
    draft->open_names |= NANOGPT_OPEN_AUDIO_SWITCH;
  return draft_add_switch (draft, field, value, error);
}

static gboolean
draft_add_duration (Draft *draft, guint seconds, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%u", seconds);

  return seconds == 0
      || (check_count (NANOGPT_FIELD_DURATION, seconds, error)
          && draft_add_string (draft, NANOGPT_FIELD_DURATION, text, error));
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
          parameters->show_explicit_content, error)
      && draft_add_audio_switch (draft, parameters->generate_audio, error)
      && draft_add_string (
          draft, NANOGPT_FIELD_OPERATION, parameters->operation, error);
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
  gboolean has_source = has_any (draft->body, source_names);
  gboolean has[NANOGPT_N_MEDIA_ROLES];

  for (guint i = 0; i < NANOGPT_N_MEDIA_ROLES; i++) {
    has[i] = nanogpt_media_names_has (draft->body, i);
    has_source = has_source || has[i];
  }
  has[NANOGPT_MEDIA_IMAGE] = has[NANOGPT_MEDIA_IMAGE]
      || has[NANOGPT_MEDIA_REFERENCE_IMAGE]
      || has_any (draft->body, other_image_names);
  has[NANOGPT_MEDIA_VIDEO] =
      has[NANOGPT_MEDIA_VIDEO] || has_any (draft->body, other_video_names);

  for (guint i = 0; i < NANOGPT_N_MEDIA_ROLES; i++) {
    if (!nanogpt_model_check_use (
            draft->model, i, has[i], draft->warnings, error))
      return FALSE;
  }
  if (is_blank (nanogpt_json_get_string (draft->body, "prompt"))
      && !has[NANOGPT_MEDIA_IMAGE] && !has[NANOGPT_MEDIA_VIDEO] && !has_source)
    return invalid (error,
        _ ("There is nothing to generate: set the property prompt, or give an "
           "input image or a source video"));
  return TRUE;
}

static gboolean
draft_fill (Draft *draft, const NanogptParameters *parameters, GPtrArray *media,
    GError **error)
{
  json_object_set_string_member (draft->body, "model", draft->model);
  if (!is_blank (parameters->prompt))
    json_object_set_string_member (draft->body, "prompt", parameters->prompt);
  set_if_set (draft->body, "conversationUUID", parameters->conversation);
  if (!nanogpt_request_media_add (draft->body, draft->extra, draft->model,
          media, draft->sent, &draft->open_names, draft->warnings, error)
      || !draft_add_fields (draft, parameters, error))
    return FALSE;
  draft_merge_extra (draft);
  return nanogpt_media_check_upload (
             draft->sent, nanogpt_request_media_measure (draft->body), error)
      && draft_check_inputs (draft, error);
}

static char *
write_body (const Draft *draft)
{
  g_autoptr (JsonNode) root =
      json_node_init_object (json_node_alloc (), draft->body);

  return nanogpt_json_write (root);
}

/* The body is canonical: equal requests are equal byte for byte.  A field whose
 * name comes from the listing is not the same as a field with that name, except
 * for the first image, all of whose names mean the same. */
static char *
compute_digest (Draft *draft, const char *body, const char *image_identity)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *identified = NULL;
  guint open_names = draft->open_names & ~(1u << NANOGPT_MEDIA_IMAGE);

  if (image_identity) {
    nanogpt_request_media_identify (draft->body, draft->model, image_identity);
    body = identified = write_body (draft);
  }
  g_checksum_update (checksum, (const guchar *)body, -1);
  if (open_names != 0) {
    g_autofree char *names = g_strdup_printf ("%u", open_names);

    g_checksum_update (checksum, (const guchar *)names, -1);
  }
  return g_strdup (g_checksum_get_string (checksum));
}

static NanogptRequest *
draft_finish (Draft *draft, const char *image_identity, GError **error)
{
  g_autofree char *text = write_body (draft);
  gsize size = strlen (text);
  NanogptRequest *request;

  if (!nanogpt_extra_check_size (size, error))
    return NULL;
  request = g_new0 (NanogptRequest, 1);
  g_atomic_ref_count_init (&request->ref_count);
  request->model = g_strdup (draft->model);
  request->prompt = g_strdup (nanogpt_json_get_string (draft->body, "prompt"));
  request->conversation =
      g_strdup (nanogpt_json_get_string (draft->body, "conversationUUID"));
  g_ptr_array_add (draft->warnings, NULL);
  request->warnings = (char **)g_ptr_array_steal (draft->warnings, NULL);
  request->open_names = draft->open_names;
  request->uploaded = nanogpt_request_media_measure (draft->body);
  request->summary = nanogpt_request_summary_new (draft->body, draft->sent);
  request->kind =
      nanogpt_request_summary_to_text (request->summary, request->model);
  request->digest = compute_digest (draft, text, image_identity);
  request->body = g_bytes_new_take (g_steal_pointer (&text), size);
  return request;
}

NanogptRequest *
nanogpt_request_new (
    const NanogptParameters *parameters, GPtrArray *media, GError **error)
{
  g_autoptr (JsonObject) extra = NULL;
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) sent =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
  Draft draft = { parameters->model, NULL, body, warnings, sent, 0 };

  if (!is_set (parameters->model)) {
    invalid (error, _ ("There is no model: set the property model"));
    return NULL;
  }
  if (!g_utf8_validate (parameters->model, -1, NULL)) {
    not_utf8 ("model", error);
    return NULL;
  }
  draft.extra = extra = nanogpt_extra_parse (parameters->extra, error);
  if (!extra || !nanogpt_extra_load_files (extra, parameters, sent, error)
      || !draft_check_text (&draft, parameters, error)
      || !draft_check_numbers (&draft, parameters, error)
      || !draft_fill (&draft, parameters, media, error))
    return NULL;
  return draft_finish (&draft, parameters->image_identity, error);
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

guint
nanogpt_request_get_open_names (const NanogptRequest *request)
{
  return request->open_names;
}

GBytes *
nanogpt_request_get_body (const NanogptRequest *request)
{
  return request->body;
}

gsize
nanogpt_request_get_room (const NanogptRequest *request)
{
  return MIN (NANOGPT_MEDIA_MAX_DATA_URLS - request->uploaded,
      NANOGPT_REQUEST_MAX_SIZE - g_bytes_get_size (request->body));
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
