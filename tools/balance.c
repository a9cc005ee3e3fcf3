/* nanovid: nanovid-jobs balance: what the account has
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "balance.h"

#include "nanogpt/job/inquiry.h"
#include "service.h"

Status
command_balance (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptSettings) settings =
      service_settings_new (options, NULL, &error);
  char amount[G_ASCII_DTOSTR_BUF_SIZE];
  NanogptMicros balance =
      settings ? nanogpt_inquiry_get_balance (settings, &error) : 0;

  if (error) {
    complain ("%s", error->message);
    return STATUS_FAILED;
  }
  /* A balance may be below 0. */
  g_ascii_formatd (amount, sizeof amount, "%.4f", balance / 1e6);
  g_print (
      options->json ? "{\"balance\":%s,\"currency\":\"USD\"}\n" : "%s USD\n",
      amount);
  return STATUS_OK;
}
