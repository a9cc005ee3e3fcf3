/* nanovid: finds the result URLs in a response of the service
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "results.h"

#include <string.h>

#include "nanogpt/base/json.h"

/* No model returns this many. */
#define MAX_RESULTS 100

/* Names under which an object has its URL or its results.  If several names
 * give equally many results, the first one counts. */
static const char *const result_names[] = { "video", "url", "video_url",
  "videoUrl", "videos", "video_urls", "videoUrls", "urls", "outputs", "output",
  "results", "result", "clips", "assets", "files", "media", "variants",
  "variations", "generations", "items", "data", "" };

/* The same, next to the status of the job, where other things have URLs, too. */
static const char *const response_names[] = { "videoUrl", "video_url", "url",
  "videos", "video", "videoUrls", "video_urls", "urls", "outputs", "results",
  "result", "clips", "assets", "files", "media", "generations" };

/* Members with such names or types are not the video. */
static const char *const other_kinds[] = { "thumb", "poster", "preview",
  "cover", "sprite", "image", "picture", "photo", "frame", "audio", "sound",
  "music", "voice", "speech", "subtitle", "caption", "text", "json", "input",
  "source", "status", "cancel", "callback", "webhook", "icon", "avatar" };

static const char *const other_suffixes[] = { ".jpg", ".jpeg", ".png", ".webp",
  ".gif", ".avif", ".bmp", ".svg", ".mp3", ".wav", ".m4a", ".aac", ".ogg",
  ".flac", ".opus", ".vtt", ".srt", ".json", ".txt" };

static const char *const video_suffixes[] = { ".mp4", ".m4v", ".mov", ".webm",
  ".mkv", ".avi", ".mpg", ".mpeg", ".ts" };

/* Which strings count as results. */
typedef enum
{
  ANYTHING = 0,
  NO_OTHERS = 1 << 0, /* not those named like a picture or a sound */
  EVIDENT = 1 << 1,   /* only those named like a video */
} Strictness;

static GPtrArray *find_in_node (JsonNode *node, Strictness strictness);

static gboolean
contains_any (const char *text, const char *const *parts, guint n_parts)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);

  for (guint i = 0; i < n_parts; i++) {
    if (strstr (lower, parts[i]))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_result_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (result_names); i++) {
    if (g_str_equal (result_names[i], name))
      return TRUE;
  }
  return FALSE;
}

static gboolean
has_any_suffix (const char *url, const char *const *suffixes, guint n_suffixes)
{
  g_autofree char *path = g_ascii_strdown (url, strcspn (url, "?#"));

  for (guint i = 0; i < n_suffixes; i++) {
    if (g_str_has_suffix (path, suffixes[i]))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_other_url (const char *url)
{
  return has_any_suffix (url, other_suffixes, G_N_ELEMENTS (other_suffixes))
      || strstr (url, "variant=thumbnail") || strstr (url, "variant=sprite");
}

/* Checks a string whose member's name says nothing. */
static gboolean
is_evident_url (const char *url)
{
  return (g_str_has_prefix (url, "https:") || g_str_has_prefix (url, "http:")
             || *url == '/')
      && (has_any_suffix (url, video_suffixes, G_N_ELEMENTS (video_suffixes))
          || strstr (url, "variant=video"));
}

static void
add (GPtrArray *urls, const char *url)
{
  if (*url == '\0' || urls->len >= MAX_RESULTS)
    return;
  for (guint i = 0; i < urls->len; i++) {
    if (g_str_equal (urls->pdata[i], url))
      return;
  }
  g_ptr_array_add (urls, (char *)url);
}

static void
add_all (GPtrArray *urls, GPtrArray *more)
{
  for (guint i = 0; i < more->len; i++)
    add (urls, more->pdata[i]);
}

typedef enum
{
  TYPE_UNKNOWN,
  TYPE_VIDEO,
  TYPE_OTHER,
} Type;

static Type
get_type (JsonNode *node)
{
  static const char *const names[] = { "type", "content_type", "contentType",
    "mime_type", "mimeType", "kind", "role", "variant" };
  JsonObject *object =
      JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  for (guint i = 0; object && i < G_N_ELEMENTS (names); i++) {
    const char *type = nanogpt_json_get_string (object, names[i]);

    if (type && contains_any (type, (const char *[]){ "video" }, 1))
      return TYPE_VIDEO;
    if (type && contains_any (type, other_kinds, G_N_ELEMENTS (other_kinds)))
      return TYPE_OTHER;
  }
  return TYPE_UNKNOWN;
}

/* If some elements say that they are videos, the others are not. */
static GPtrArray *
find_in_array (JsonArray *array, Strictness strictness)
{
  GPtrArray *urls = g_ptr_array_new ();
  guint length = json_array_get_length (array);
  Type wanted = TYPE_UNKNOWN;

  for (guint i = 0; i < length && wanted == TYPE_UNKNOWN; i++) {
    if (get_type (json_array_get_element (array, i)) == TYPE_VIDEO)
      wanted = TYPE_VIDEO;
  }
  for (guint i = 0; i < length; i++) {
    JsonNode *node = json_array_get_element (array, i);
    g_autoptr (GPtrArray) found = NULL;

    if (wanted == TYPE_VIDEO && JSON_NODE_HOLDS_OBJECT (node)
        && get_type (node) != TYPE_VIDEO)
      continue;
    found = find_in_node (node, strictness);
    add_all (urls, found);
  }
  return urls;
}

/* "video_2" and "video2" are one of several "video". */
static char *
drop_number (const char *name)
{
  GString *text = g_string_new (NULL);

  while (*name) {
    gsize digits = strspn (name, "0123456789");

    if (digits == 1 || digits == 2) {
      while (text->len > 0 && strchr ("_- ", text->str[text->len - 1]))
        g_string_truncate (text, text->len - 1);
      name += digits;
      continue;
    }
    g_string_append_len (text, name, MAX (digits, 1));
    name += MAX (digits, 1);
  }
  return g_string_free (text, FALSE);
}

/* The members of an object by their names without numbers. */
typedef struct
{
  GPtrArray *names;  /* in order */
  GHashTable *nodes; /* name -> GPtrArray of JsonNode */
} Members;

static void
members_init (Members *members, JsonObject *object)
{
  JsonObjectIter iter;
  const char *member;
  JsonNode *node;

  members->names = g_ptr_array_new ();
  members->nodes = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  if (!object)
    return;
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &member, &node)) {
    g_autofree char *name = drop_number (member);
    GPtrArray *nodes = g_hash_table_lookup (members->nodes, name);

    if (!nodes) {
      nodes = g_ptr_array_new ();
      g_ptr_array_add (members->names, name);
      g_hash_table_insert (members->nodes, g_steal_pointer (&name), nodes);
    }
    g_ptr_array_add (nodes, node);
  }
}

static void
members_clear (Members *members)
{
  g_ptr_array_unref (members->names);
  g_hash_table_unref (members->nodes);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Members, members_clear)

/* Sets @best to the results in the members called @name, if these are more. */
static void
find_by_name (GPtrArray **best, const Members *members, const char *name,
    Strictness strictness)
{
  GPtrArray *nodes = g_hash_table_lookup (members->nodes, name);
  g_autoptr (GPtrArray) urls = NULL;

  if (!nodes)
    return;

  urls = g_ptr_array_new ();
  for (guint i = 0; i < nodes->len; i++) {
    g_autoptr (GPtrArray) found = find_in_node (nodes->pdata[i], strictness);

    add_all (urls, found);
  }
  if (urls->len <= (*best)->len)
    return;
  g_ptr_array_unref (*best);
  *best = g_steal_pointer (&urls);
}

/* In members with unknown names, only evident videos count. */
static GPtrArray *
find_in_object (JsonObject *object, Strictness strictness)
{
  GPtrArray *best = g_ptr_array_new ();
  g_auto (Members) members;

  members_init (&members, object);
  for (guint i = 0; i < G_N_ELEMENTS (result_names); i++)
    find_by_name (&best, &members, result_names[i], strictness);
  for (guint i = 0; i < members.names->len; i++) {
    const char *name = members.names->pdata[i];

    if (!is_result_name (name)
        && !contains_any (name, other_kinds, G_N_ELEMENTS (other_kinds)))
      find_by_name (&best, &members, name, strictness | EVIDENT);
  }
  return best;
}

static GPtrArray *
find_in_node (JsonNode *node, Strictness strictness)
{
  GPtrArray *urls;
  const char *url;

  if (JSON_NODE_HOLDS_ARRAY (node))
    return find_in_array (json_node_get_array (node), strictness);
  if (JSON_NODE_HOLDS_OBJECT (node) && get_type (node) != TYPE_OTHER)
    return find_in_object (json_node_get_object (node),
        get_type (node) == TYPE_VIDEO ? strictness & ~EVIDENT : strictness);

  urls = g_ptr_array_new ();
  if (!JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_STRING)
    return urls;
  url = json_node_get_string (node);
  if ((!(strictness & NO_OTHERS) || !is_other_url (url))
      && (!(strictness & EVIDENT) || is_evident_url (url)))
    add (urls, url);
  return urls;
}

static GStrv
copy_strings (GPtrArray *urls)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < urls->len; i++)
    g_strv_builder_add (builder, urls->pdata[i]);
  return g_strv_builder_end (builder);
}

/* `output` takes precedence over all other members, in `data` and next to it. */
static GPtrArray *
find (const Members *data, const Members *root, Strictness strictness)
{
  GPtrArray *best = g_ptr_array_new ();

  find_by_name (&best, data, "output", strictness);
  find_by_name (&best, root, "output", strictness);
  for (guint i = 0; i < G_N_ELEMENTS (response_names); i++)
    find_by_name (&best, data, response_names[i], strictness);
  for (guint i = 0; i < G_N_ELEMENTS (response_names); i++)
    find_by_name (&best, root, response_names[i], strictness);
  /* Unless it is the object that was searched above. */
  if (data->names->len == 0)
    find_by_name (&best, root, "data", strictness);
  return best;
}

GStrv
nanogpt_results_find (JsonObject *data, JsonObject *root)
{
  g_auto (Members) inner;
  g_auto (Members) outer;
  g_autoptr (GPtrArray) urls = NULL;

  members_init (&inner, data);
  members_init (&outer, root);
  urls = find (&inner, &outer, NO_OTHERS);
  if (urls->len == 0) {
    g_ptr_array_unref (urls);
    urls = find (&inner, &outer, ANYTHING);
  }
  return copy_strings (urls);
}
