/* nanovid: request parameters as text, for tables
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "parameters.h"

#include <string.h>

static NanogptMediaRole
find_role (const char *name)
{
  static const char *const names[] = { "image-url", "last-image-url",
    "reference-images", "video-url", "audio-url" };
  guint i = 0;

  while (i < G_N_ELEMENTS (names) && strcmp (names[i], name) != 0)
    i++;
  return i;
}

static void
set (NanogptParameters *parameters, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;

  nanogpt_parameters_set (parameters, name, value, &error);
  g_assert_no_error (error);
}

NanogptParameters *
parameters_from_text (const char *text)
{
  NanogptParameters *parameters = nanogpt_parameters_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i]; i++) {
    char *equals = strchr (lines[i], '=');

    g_assert_nonnull (equals);
    *equals = '\0';
    if (find_role (lines[i]) == NANOGPT_N_MEDIA_ROLES)
      set (parameters, lines[i], equals + 1);
  }
  return parameters;
}

GPtrArray *
media_from_text (const char *text)
{
  GPtrArray *media =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i]; i++) {
    char *equals = strchr (lines[i], '=');
    NanogptMediaRole role;

    *equals = '\0';
    role = find_role (lines[i]);
    if (role != NANOGPT_N_MEDIA_ROLES && equals[1] != '\0')
      g_ptr_array_add (media, nanogpt_media_new_url (role, equals + 1));
  }
  return media;
}

NanogptRequest *
request_from_text (const char *text, GBytes *image, GError **error)
{
  g_autoptr (NanogptParameters) parameters = parameters_from_text (text);
  g_autoptr (GPtrArray) media = media_from_text (text);

  if (image)
    g_ptr_array_add (
        media, nanogpt_media_new_data (NANOGPT_MEDIA_IMAGE, image, NULL, -1));
  return nanogpt_request_new (parameters, media, error);
}
