/* nanovid: amounts of money: conversion, comparison and formatting
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "money.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MICROS 1000000

/* The rounding error of a double that represents a whole number of millionths:
 * 0.07 is 70000.00000000001 millionths. */
static double
get_tolerance (double micros)
{
  return MAX (1e-3, fabs (micros) * 2 * DBL_EPSILON);
}

NanogptMicros
nanogpt_money_round_up (double amount)
{
  double micros = amount * MICROS;

  if (!(micros >= 0))
    return NANOGPT_MONEY_UNKNOWN;
  if (micros >= NANOGPT_MONEY_MAX)
    return NANOGPT_MONEY_MAX;
  return (NanogptMicros)MAX (ceil (micros - get_tolerance (micros)), 0);
}

NanogptMicros
nanogpt_money_round_down (double amount)
{
  double micros = amount * MICROS;

  if (isnan (micros))
    return NANOGPT_MONEY_UNKNOWN;
  micros =
      CLAMP (micros, -(double)NANOGPT_MONEY_MAX, (double)NANOGPT_MONEY_MAX);
  return (NanogptMicros)floor (micros + get_tolerance (micros));
}

NanogptMicros
nanogpt_money_get_limit (double amount)
{
  return amount > 0 ? MAX (nanogpt_money_round_down (amount), 1) : 0;
}

double
nanogpt_money_to_double (NanogptMicros amount)
{
  return amount < 0 ? -1 : (double)amount / MICROS;
}

gboolean
nanogpt_money_is_other_currency (NanogptMicros amount, const char *currency)
{
  return amount > 0 && currency && g_ascii_strcasecmp (currency, "USD") != 0;
}

/* Formats with at least @n_digits digits after the decimal point. */
static char *
format_digits (NanogptMicros amount, gsize n_digits)
{
  char *text = g_strdup_printf ("%s%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT,
      amount < 0 ? "-" : "", ABS (amount) / MICROS, ABS (amount) % MICROS);
  char *point = strchr (text, '.');
  gsize length;

  for (length = strlen (point + 1); length > n_digits && point[length] == '0';)
    point[length--] = '\0';
  if (length == 0)
    *point = '\0';
  return text;
}

char *
nanogpt_money_format (NanogptMicros amount)
{
  g_autofree char *digits = format_digits (amount, 2);

  return g_strconcat ("$", digits, NULL);
}

char *
nanogpt_money_format_number (NanogptMicros amount)
{
  return amount < 0 ? NULL : format_digits (amount, 0);
}

char *
nanogpt_money_format_cost (NanogptMicros cost, const char *currency)
{
  g_autofree char *number = nanogpt_money_format_number (cost);

  return number ? g_strjoin (" ", number, currency ? currency : "USD", NULL)
                : NULL;
}
