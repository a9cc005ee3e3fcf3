/* nanovid: prints the table of models for the users' documentation
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>

#include "nanogpt/request/model-table.h"

/* How the model uses a medium. */
static void
print_medium (const NanogptModelRules *model, NanogptMediaRole role)
{
  static const char *const uses[] = {
    [NANOGPT_USE_UNKNOWN] = "",
    [NANOGPT_USE_OPTIONAL] = "optional",
    [NANOGPT_USE_REQUIRED] = "required",
    [NANOGPT_USE_ADVISABLE] = "may be required",
    [NANOGPT_USE_REFUSED] = "refused",
  };
  const NanogptMediaRule *rule = &model->media[role];

  const char *text = uses[rule->use];

  if (!rule->use && role == NANOGPT_MEDIA_IMAGE)
    text = uses[NANOGPT_USE_OPTIONAL];
  else if (!rule->use && model->is_complete
      && (role == NANOGPT_MEDIA_VIDEO || role == NANOGPT_MEDIA_AUDIO))
    text = "no \\*";
  printf (" %s", text);
  if (rule->maximum > 0)
    printf (", %u at most", rule->maximum);
  if (rule->wire)
    printf (" (`%s`)", rule->wire);
  printf (" |");
}

/* @mark: appended to values that are not the only ones sent */
static void
append_values (GString *cell, const NanogptValues *values, const char *mark)
{
  g_autofree char *words =
      g_strjoinv (values->is_range ? " to " : ", ", values->items);

  g_string_append_printf (
      cell, "%s%s%s", cell->len > 0 ? "; " : "", *words ? words : "no", mark);
}

static void
print_cell (const NanogptModelRules *model, NanogptField field)
{
  const NanogptFieldRule *rule = &model->fields[field];
  g_autoptr (GString) cell = g_string_new (NULL);

  if (rule->taken)
    append_values (cell, rule->taken, "");
  if (rule->documented)
    append_values (cell, rule->documented, " \\*");
  if (rule->is_known && cell->len == 0)
    g_string_append (cell, "any");
  if (!rule->is_known && model->is_complete)
    g_string_append (cell,
        nanogpt_field_get_info (field)->unlisted == NANOGPT_REFUSE ? "no"
                                                                   : "no \\*");
  if (rule->wire)
    g_string_append_printf (cell, " (`%s`)", rule->wire);
  printf (" %s |", cell->str);
}

int
main (void)
{
  GPtrArray *models = nanogpt_model_table_get ();

  printf ("| model |");
  for (guint role = 0; role < NANOGPT_N_MEDIA_ROLES; role++)
    printf (" %s |", nanogpt_media_get_properties (role)->name);
  for (guint field = 0; field < NANOGPT_N_FIELDS; field++)
    printf (" `%s` |", nanogpt_field_get_info (field)->property);
  printf ("\n|---|");
  for (guint role = 0; role < NANOGPT_N_MEDIA_ROLES; role++)
    printf ("---|");
  for (guint field = 0; field < NANOGPT_N_FIELDS; field++)
    printf ("---|");
  printf ("\n");

  for (guint i = 0; i < models->len; i++) {
    const NanogptModelRules *model = models->pdata[i];

    printf ("| `%s` |", model->slug);
    for (guint role = 0; role < NANOGPT_N_MEDIA_ROLES; role++)
      print_medium (model, role);
    for (guint field = 0; field < NANOGPT_N_FIELDS; field++)
      print_cell (model, field);
    printf ("\n");
  }
  return 0;
}
