/* nanovid: similar model names for an unknown one
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "similar-models.h"

#include <string.h>

#include "nanogpt/request/model-table.h"

#define MAX_SHOWN 3
/* A shorter common part says nothing. */
#define MIN_COMMON 3

/* Keeps letters and digits only: `Veo3` is a prefix of `veo3-1-video`, and of
 * `veo-3`. */
static char *
simplify (const char *slug)
{
  GString *text = g_string_new (NULL);

  for (; *slug; slug++)
    if (g_ascii_isalnum (*slug))
      g_string_append_c (text, g_ascii_tolower (*slug));
  return g_string_free (text, FALSE);
}

static gsize
count_common (const char *a, const char *b)
{
  gsize n = 0;

  while (a[n] != '\0' && a[n] == b[n])
    n++;
  return n;
}

/* Returns: how many characters of one name are in the other */
static gsize
compare (const char *wanted, const char *slug)
{
  g_autofree char *a = simplify (wanted);
  g_autofree char *b = simplify (slug);
  gsize common = count_common (a, b);

  if (*a && strstr (b, a))
    common = MAX (common, strlen (a));
  return common >= MIN_COMMON ? common : 0;
}

typedef struct
{
  const char *slug;
  gsize score;
} Candidate;

/* The most similar first, then the shortest. */
static int
compare_candidates (gconstpointer a, gconstpointer b)
{
  const Candidate *first = a;
  const Candidate *second = b;

  if (first->score != second->score)
    return first->score < second->score ? 1 : -1;
  if (strlen (first->slug) != strlen (second->slug))
    return strlen (first->slug) < strlen (second->slug) ? -1 : 1;
  return strcmp (first->slug, second->slug);
}

static void
add_candidate (GArray *candidates, const char *wanted, const char *slug)
{
  Candidate candidate = { slug, compare (wanted, slug) };

  if (candidate.score == 0)
    return;
  for (guint i = 0; i < candidates->len; i++)
    if (g_str_equal (g_array_index (candidates, Candidate, i).slug, slug))
      return;
  g_array_append_val (candidates, candidate);
}

static char *
join_candidates (GArray *candidates)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_array_sort (candidates, compare_candidates);
  for (guint i = 0; i < MIN (candidates->len, MAX_SHOWN); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
        g_array_index (candidates, Candidate, i).slug);
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

char *
nanogpt_similar_models_find (const NanogptCatalog *catalog, const char *model)
{
  g_autoptr (GArray) candidates =
      g_array_new (FALSE, FALSE, sizeof (Candidate));
  GPtrArray *table = nanogpt_model_table_get ();
  g_autoptr (GList) listed =
      catalog ? nanogpt_catalog_get_slugs (catalog) : NULL;

  if (catalog && nanogpt_catalog_get_model_info (catalog, model))
    return NULL;
  for (guint i = 0; i < table->len; i++) {
    const char *slug = ((NanogptModelRules *)table->pdata[i])->slug;

    if (g_str_equal (slug, model))
      return NULL;
    /* Some slugs are patterns for several models. */
    if (!strpbrk (slug, "*?"))
      add_candidate (candidates, model, slug);
  }
  for (GList *l = listed; l; l = l->next)
    add_candidate (candidates, model, l->data);
  return join_candidates (candidates);
}
