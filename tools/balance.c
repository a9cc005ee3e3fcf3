/* nanovid: nanovid-jobs balance: the balance of the account
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "balance.h"

#include "json-answer.h"
#include "nanogpt/job/inquiry.h"
#include "service.h"

/* A balance may be negative. */
static gboolean
print_balance (NanogptMicros balance, GError **error)
{
  char amount[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *text = NULL;

  g_ascii_formatd (amount, sizeof amount, "%.4f", balance / 1e6);
  text = g_strconcat (amount, " USD\n", NULL);
  return print_answer (text, error);
}

static gboolean
print_json (NanogptMicros balance, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&dict, "balance", "d", balance / 1e6);
  g_variant_dict_insert (&dict, "currency", "s", "USD");
  return json_answer_print (g_variant_dict_end (&dict), error);
}

Status
command_balance (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptSettings) settings =
      service_settings_new (options, NULL, &error);
  NanogptMicros balance =
      settings ? nanogpt_inquiry_get_balance (settings, &error) : 0;

  if (!error && (options->json ? print_json : print_balance) (balance, &error))
    return STATUS_OK;
  complain ("%s", error->message);
  return STATUS_FAILED;
}
