/* nanovid: prints the table of models for the users' documentation
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nanogpt/models.h"

#include <stdio.h>
#include <string.h>

#define FIRST_FIELD NANOGPT_FIELD_NEGATIVE_PROMPT

static const char *
describe_image (NanogptImageRule image)
{
  switch (image) {
    case NANOGPT_IMAGE_OPTIONAL:
      return "optional";
    case NANOGPT_IMAGE_REQUIRED:
      return "required";
    case NANOGPT_IMAGE_ADVISABLE:
      return "may be required";
    case NANOGPT_IMAGE_REFUSED:
      return "refused";
  }
  g_return_val_if_reached (NULL);
}

static void
append_verdict (GString *cell, NanogptVerdict verdict)
{
  g_string_append (cell, verdict == NANOGPT_REFUSE ? "no" : "no \\*");
}

static void
append_rule (GString *cell, const NanogptFieldRule *rule)
{
  g_autoptr (GString) values = g_string_new (rule->values);

  if (cell->len > 0)
    g_string_append (cell, "; ");
  if (rule->values && *rule->values == '\0') {
    append_verdict (cell, rule->otherwise);
  } else {
    g_string_replace (values, "|", ", ", 0);
    g_string_replace (values, "..", " to ", 0);
    g_string_append (cell, rule->values ? values->str : "any");
    if (rule->values && rule->otherwise == NANOGPT_WARN)
      g_string_append (cell, " \\*");
  }
  if (rule->wire)
    g_string_append_printf (cell, " (`%s`)", rule->wire);
}

static void
print_cell (const NanogptModelRules *model, NanogptField field)
{
  g_autoptr (GString) cell = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (model->rules); i++)
    if (model->rules[i].field == field)
      append_rule (cell, &model->rules[i]);
  if (cell->len == 0 && model->complete)
    append_verdict (cell, nanogpt_field_get_info (field)->unlisted);
  printf (" %s |", cell->str);
}

int
main (void)
{
  guint n_models;
  const NanogptModelRules *models = nanogpt_models_get_rules (&n_models);

  printf ("| model | image |");
  for (guint field = FIRST_FIELD; nanogpt_field_get_info (field); field++)
    printf (" `%s` |", nanogpt_field_get_info (field)->property);
  printf ("\n|---|---|");
  for (guint field = FIRST_FIELD; nanogpt_field_get_info (field); field++)
    printf ("---|");
  printf ("\n");

  for (guint i = 0; i < n_models; i++) {
    printf ("| `%s` | %s |", models[i].slugs, describe_image (models[i].image));
    for (guint field = FIRST_FIELD; nanogpt_field_get_info (field); field++)
      print_cell (&models[i], field);
    printf ("\n");
  }
  return 0;
}
