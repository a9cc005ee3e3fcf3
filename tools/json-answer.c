/* nanovid: nanovid-jobs: answers as JSON
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "json-answer.h"

#include "command.h"
#include "nanogpt/job/inquiry.h"

void
json_answer_add_text (GVariantDict *dict, const char *name, const char *text)
{
  g_autofree char *valid = text ? g_utf8_make_valid (text, -1) : NULL;

  g_variant_dict_insert (dict, name, "ms", valid);
}

void
json_answer_add_number (
    GVariantDict *dict, const char *name, gboolean known, double number)
{
  g_variant_dict_insert (dict, name, "md", known, number);
}

gboolean
json_answer_print (GVariant *answer, GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (answer);
  g_autofree char *text = nanogpt_inquiry_to_json (owned);

  return print_answer (text, error);
}
