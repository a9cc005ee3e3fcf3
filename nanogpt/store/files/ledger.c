/* nanovid: ledger of spending by day, shared by all processes
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "nanogpt/base/durable-file.h"
#include "nanogpt/base/error.h"
#include "lock-file.h"
#include "service.h"

/* The lock is held only briefly, unless its holder has been stopped.  That is
 * worth waiting for only with a budget. */
#define PATIENCE (G_TIME_SPAN_SECOND / 2)
#define BUDGET_PATIENCE (10 * G_TIME_SPAN_SECOND)

#define DAY ((gint64)24 * 3600 * G_TIME_SPAN_SECOND)
#define DAY_FORM "0000-00-00"
#define DAY_LENGTH (sizeof (DAY_FORM) - 1)
#define DAY_PATTERN "\\A[0-9]{4}-[0-9]{2}-[0-9]{2}"

/* The ledger's file of one day, with its lock held */
typedef struct
{
  char *dir;
  char *path;
  int lock;
  gsize size;
  NanogptLedgerDay *day;
} Ledger;

static char *
get_dir (const char *state_dir)
{
  return g_build_filename (state_dir, "spending", NULL);
}

static char *
get_day_path (const char *dir, const char *day)
{
  return g_strconcat (dir, G_DIR_SEPARATOR_S, day, ".log", NULL);
}

static char *
format_day (gint64 time)
{
  g_autoptr (GDateTime) date =
      g_date_time_new_from_unix_utc (time / G_TIME_SPAN_SECOND);

  return g_date_time_format (date, "%Y-%m-%d");
}

static gboolean
set_ledger_error (GError **error, int code, const char *path, const char *doing)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
      _ ("\"%s\" cannot be %s: %s"), path, doing, g_strerror (code));
  return FALSE;
}

/* The file */

/* @size: (out) (optional)
 * Returns: (nullable): the day, empty if there is no file */
static NanogptLedgerDay *
read_day (const char *path, gsize *size, GError **error)
{
  gsize length = 0;
  g_autofree char *text = nanogpt_durable_read_file (path, &length);
  NanogptLedgerDay *day;

  if (!text && errno != ENOENT) {
    set_ledger_error (error, errno, path, _ ("read"));
    return NULL;
  }
  if (size)
    *size = length;

  day = nanogpt_ledger_day_parse (text ? text : "", length, error);
  if (!day)
    g_prefix_error (error, _ ("\"%s\" cannot be used: "), path);
  return day;
}

static NanogptLedgerDay *
read_day_at (const char *dir, gint64 time, GError **error)
{
  g_autofree char *name = format_day (time);
  g_autofree char *path = get_day_path (dir, name);

  return read_day (path, NULL, error);
}

static void
ledger_free (Ledger *ledger)
{
  if (ledger->lock >= 0)
    nanogpt_lock_file_release (ledger->lock);
  g_clear_pointer (&ledger->day, nanogpt_ledger_day_free);
  g_free (ledger->path);
  g_free (ledger->dir);
  g_free (ledger);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ledger, ledger_free)

static Ledger *
ledger_open (
    const char *state_dir, const char *day, gint64 patience, GError **error)
{
  g_autoptr (Ledger) ledger = g_new0 (Ledger, 1);
  g_autofree char *lock = NULL;

  ledger->dir = get_dir (state_dir);
  ledger->path = get_day_path (ledger->dir, day);
  ledger->lock = -1;
  lock = g_build_filename (ledger->dir, "lock", NULL);

  if (!nanogpt_durable_make_dir (ledger->dir, error))
    return NULL;
  ledger->lock = nanogpt_lock_file_acquire (lock, patience, error);
  if (ledger->lock < 0)
    return NULL;
  ledger->day = read_day (ledger->path, &ledger->size, error);
  return ledger->day ? g_steal_pointer (&ledger) : NULL;
}

/* Removes the partial line that a crash or a full disk has left. */
static gboolean
mend (Ledger *ledger, int fd)
{
  return ftruncate (fd, ledger->day->length) == 0;
}

static gboolean
append_to_day (Ledger *ledger, int fd, const char *text, GError **error)
{
  if (ledger->size > ledger->day->length && !mend (ledger, fd))
    return set_ledger_error (error, errno, ledger->path, _ ("mended"));
  /* The name of a file with content is taken to be durable, so it is synced
   * before. */
  if (ledger->day->length == 0
      && !nanogpt_durable_sync_dir (ledger->dir, error))
    return FALSE;

  if (nanogpt_durable_write (fd, text, strlen (text)) && fsync (fd) == 0)
    return TRUE;
  set_ledger_error (error, errno, ledger->path, _ ("written"));
  mend (ledger, fd);
  return FALSE;
}

static gboolean
ledger_add (Ledger *ledger, gint64 time, const char *id,
    NanogptLedgerEvent event, const NanogptLedgerItem *item, GError **error)
{
  g_autofree char *line = nanogpt_ledger_day_format_line (time, id, event,
      item->amount, item->currency, item->model, item->run_id, item->spender);
  g_autofree char *text = g_strconcat (
      ledger->day->length == 0 ? NANOGPT_LEDGER_HEADER : "", line, NULL);
  int fd =
      nanogpt_durable_open_file (ledger->path, O_WRONLY | O_APPEND | O_CREAT);
  gboolean added;

  if (fd < 0)
    return set_ledger_error (error, errno, ledger->path, _ ("opened"));
  added = append_to_day (ledger, fd, text, error);
  close (fd);
  return added;
}

/* Yesterday's file is not being written: the lock is the same for all days. */
static gboolean
check_hour (const Ledger *ledger, const NanogptReservation *wanted, gint64 now,
    GError **error)
{
  g_autoptr (NanogptLedgerDay) yesterday =
      read_day_at (ledger->dir, now - DAY, error);

  return yesterday
      && nanogpt_ledger_check_hour (ledger->day, yesterday, wanted, now, error);
}

static gboolean
check_budgets (const Ledger *ledger, const NanogptReservation *wanted,
    gint64 now, GError **error)
{
  if (wanted->daily_budget > 0
      && !nanogpt_ledger_check_day (ledger->day, ledger->path, wanted, error))
    return FALSE;
  return wanted->hourly_budget <= 0 || check_hour (ledger, wanted, now, error);
}

/* Reserving */

static char *
make_id (const NanogptLedgerDay *day, const char *name)
{
  char *id = NULL;

  /* Forked processes may draw the same numbers. */
  do {
    g_free (id);
    id = g_strdup_printf ("%s-%08x", name, g_random_int ());
  } while (g_hash_table_contains (day->items, id));
  return id;
}

static gboolean
has_budget (const NanogptReservation *wanted)
{
  return wanted->daily_budget > 0 || wanted->hourly_budget > 0;
}

static char *
ledger_reserve (
    const char *state_dir, const NanogptReservation *wanted, GError **error)
{
  gint64 now = g_get_real_time ();
  g_autofree char *name = format_day (now);
  g_autoptr (Ledger) ledger = ledger_open (
      state_dir, name, has_budget (wanted) ? BUDGET_PATIENCE : PATIENCE, error);
  NanogptLedgerItem item = { .amount = wanted->estimate,
    .currency = (char *)"USD",
    .model = (char *)wanted->model,
    .spender = (char *)wanted->spender };
  g_autofree char *id = NULL;

  if (!ledger || !check_budgets (ledger, wanted, now, error))
    return NULL;
  id = make_id (ledger->day, name);
  if (!ledger_add (ledger, now, id, NANOGPT_LEDGER_RESERVE, &item, error))
    return NULL;
  return g_steal_pointer (&id);
}

char *
nanogpt_ledger_reserve (
    const char *state_dir, const NanogptReservation *wanted, GError **error)
{
  g_autoptr (GError) local = NULL;
  char *id = ledger_reserve (state_dir, wanted, &local);

  if (id)
    return id;
  if (has_budget (wanted) && local->domain != NANOGPT_ERROR)
    nanogpt_ledger_refuse_uncountable (wanted, error, "%s", local->message);
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* Settling a reservation */

/* Returns: (nullable): the ledger of the day that @id names */
static Ledger *
open_day_of (const char *state_dir, const char *id, GError **error)
{
  g_autofree char *day = NULL;

  /* The id comes from a file, and must not be able to name another file. */
  if (!g_regex_match_simple (DAY_PATTERN "-[0-9a-f]{8}\\z", id, 0, 0)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
        "\"%s\" is no reservation", id);
    return NULL;
  }
  day = g_strndup (id, DAY_LENGTH);
  return ledger_open (state_dir, day, PATIENCE, error);
}

gboolean
nanogpt_ledger_charge (const char *state_dir, const char *id,
    NanogptMicros cost, const char *currency, const char *run_id,
    GError **error)
{
  g_autoptr (Ledger) ledger = open_day_of (state_dir, id, error);
  const NanogptLedgerItem *item;
  NanogptLedgerItem charged;

  if (!ledger)
    return FALSE;
  item = g_hash_table_lookup (ledger->day->items, id);
  charged = (NanogptLedgerItem){ .amount = cost,
    .currency = (char *)(currency ? currency : "USD"),
    .model = item ? item->model : NULL,
    .run_id = (char *)run_id,
    .spender = item ? item->spender : NULL };
  return ledger_add (
      ledger, g_get_real_time (), id, NANOGPT_LEDGER_CHARGE, &charged, error);
}

gboolean
nanogpt_ledger_release (const char *state_dir, const char *id, GError **error)
{
  g_autoptr (Ledger) ledger = open_day_of (state_dir, id, error);
  const NanogptLedgerItem *item;

  if (!ledger)
    return FALSE;
  item = g_hash_table_lookup (ledger->day->items, id);
  if (!item || item->state != NANOGPT_LEDGER_RESERVED)
    return TRUE;
  return ledger_add (
      ledger, g_get_real_time (), id, NANOGPT_LEDGER_RELEASE, item, error);
}

/* Reports */

NanogptMicros
nanogpt_ledger_get_hour (
    const char *state_dir, const char *spender, GError **error)
{
  gint64 now = g_get_real_time ();
  g_autofree char *dir = get_dir (state_dir);
  g_autoptr (NanogptLedgerDay) today = NULL;
  g_autoptr (NanogptLedgerDay) yesterday = NULL;

  today = read_day_at (dir, now, error);
  if (today)
    yesterday = read_day_at (dir, now - DAY, error);
  if (!yesterday)
    return NANOGPT_MONEY_UNKNOWN;
  return nanogpt_ledger_sum_hour (today, yesterday, spender, now);
}

static int
compare_sums (const NanogptLedgerSum *a, const NanogptLedgerSum *b)
{
  int order = strcmp (a->day, b->day);

  if (order == 0)
    order = strcmp (a->model, b->model);
  if (order == 0)
    order = strcmp (a->currency, b->currency);
  return order ? order : strcmp (a->origin, b->origin);
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const NanogptLedgerSum *const *first = a;
  const NanogptLedgerSum *const *second = b;

  return compare_sums (*first, *second);
}

/* Returns: (transfer none): the sum of @sums, from @start on, that @item
 * belongs to; created if it does not exist */
static NanogptLedgerSum *
get_sum (GPtrArray *sums, guint start, const char *origin, const char *day,
    const NanogptLedgerItem *item)
{
  NanogptLedgerSum wanted = {
    .origin = (char *)origin,
    .day = (char *)day,
    .model = item->model ? item->model : (char *)"",
    .currency = item->currency ? item->currency : (char *)"USD",
  };
  NanogptLedgerSum *sum;

  for (guint i = start; i < sums->len; i++)
    if (compare_sums (sums->pdata[i], &wanted) == 0)
      return sums->pdata[i];

  sum = g_new0 (NanogptLedgerSum, 1);
  sum->origin = g_strdup (origin);
  sum->day = g_strdup (wanted.day);
  sum->model = g_strdup (wanted.model);
  sum->currency = g_strdup (wanted.currency);
  g_ptr_array_add (sums, sum);
  return sum;
}

static void
add_day (GPtrArray *sums, const char *origin, const char *dir, const char *name)
{
  g_autofree char *path = get_day_path (dir, name);
  g_autoptr (NanogptLedgerDay) day = read_day (path, NULL, NULL);
  guint start = sums->len;
  GHashTableIter iter;
  gpointer value;

  if (!day)
    return;
  g_hash_table_iter_init (&iter, day->items);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const NanogptLedgerItem *item = value;
    NanogptLedgerSum *sum;

    if (item->state == NANOGPT_LEDGER_RELEASED)
      continue;
    sum = get_sum (sums, start, origin, name, item);
    if (item->state == NANOGPT_LEDGER_CHARGED) {
      sum->n_charged++;
      sum->charged += MAX (item->amount, 0);
    } else {
      sum->n_reserved++;
      sum->reserved += MAX (item->amount, 0);
    }
  }
}

static void
add_service (GPtrArray *sums, const char *state_dir, const char *origin,
    const char *first)
{
  g_autofree char *service_dir = nanogpt_service_get_dir (state_dir, origin);
  g_autofree char *dir = get_dir (service_dir);
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  const char *name;

  while (entries && (name = g_dir_read_name (entries))) {
    g_autofree char *day = g_strndup (name, DAY_LENGTH);

    if (g_regex_match_simple (DAY_PATTERN "\\.log\\z", name, 0, 0)
        && strcmp (day, first) >= 0)
      add_day (sums, origin, dir, day);
  }
}

GPtrArray *
nanogpt_ledger_list (const char *state_dir, gint64 since)
{
  GPtrArray *sums =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_ledger_sum_free);
  g_auto (GStrv) origins = nanogpt_service_list (state_dir);
  g_autofree char *first = format_day (since);

  for (guint i = 0; origins[i]; i++)
    add_service (sums, state_dir, origins[i], first);
  g_ptr_array_sort (sums, compare_places);
  return sums;
}
