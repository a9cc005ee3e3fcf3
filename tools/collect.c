/* nanovid: nanovid-jobs collect: fetching the clip of a job into a file
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "collect.h"

#include "ask.h"
#include "interrupt.h"
#include "json-answer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nanogpt/base/durable-file.h"
#include "nanogpt/job/job.h"
#include "progress-bar.h"
#include "result-name.h"
#include "service.h"

#define PIECE (1 << 20)

/* Number of bytes to check for a page or a message instead of a clip. */
#define SNIFFED 64

/* Waiting for the job */

static void
on_change (NanogptJob *job G_GNUC_UNUSED, gpointer changed)
{
  g_atomic_int_set ((int *)changed, TRUE);
  g_main_context_wakeup (NULL);
}

/* A progress bar advances even if nothing changes. */
static gboolean
on_second (gpointer changed)
{
  if (progress_bar_is_possible ())
    g_atomic_int_set ((int *)changed, TRUE);
  return G_SOURCE_CONTINUE;
}

static char *
describe (const NanogptJobStatus *status)
{
  GString *text = g_string_new (nanogpt_job_state_get_name (status->state));

  if (status->state == NANOGPT_JOB_DOWNLOADING && status->size > 0)
    g_string_append_printf (
        text, ", %d %%", (int)(status->bytes * 10 / status->size * 10));
  else if (status->state < NANOGPT_JOB_DOWNLOADING && status->progress >= 0)
    g_string_append_printf (text, ", %d %%", status->progress);
  if (status->state < NANOGPT_JOB_DOWNLOADING && status->details)
    g_string_append_printf (text, ": %s", status->details);
  return g_string_free (text, FALSE);
}

static void
show_bar (const NanogptJobStatus *status, const char *text)
{
  double elapsed = status->elapsed / 1e6;
  double share = status->progress / 100.0;
  double left = -1;

  if (status->state >= NANOGPT_JOB_DOWNLOADING) {
    share = status->size > 0 ? (double)status->bytes / status->size : -1;
  } else if (status->usual > 0) {
    left = MAX (status->usual - elapsed, 0);
    share = MAX (share, elapsed / MAX (status->usual, elapsed));
  }
  progress_bar_show (share, left, text);
}

/* Prints news and warnings that were not printed before. */
static void
report (const NanogptJobStatus *status, char **said, guint *n_warnings)
{
  guint length = status->warnings ? g_strv_length (status->warnings) : 0;
  g_autofree char *text = NULL;

  if (*n_warnings < length)
    progress_bar_end ();
  while (*n_warnings < length)
    complain ("%s", status->warnings[(*n_warnings)++]);
  if (status->error)
    return;
  text = describe (status);
  if (progress_bar_is_possible ()) {
    show_bar (status, text);
    return;
  }
  if (g_strcmp0 (text, *said) == 0)
    return;
  g_printerr ("%s\n", text);
  g_free (*said);
  *said = g_steal_pointer (&text);
}

/* Returns: whether the wait is over, possibly with an error */
static gboolean
look (NanogptJob *job, char **said, guint *n_warnings, GError **error)
{
  g_autoptr (NanogptJobStatus) status = nanogpt_job_get_status (job);

  report (status, said, n_warnings);
  if (status->error)
    *error = g_error_copy (status->error);
  return status->state >= NANOGPT_JOB_COMPLETE;
}

static gboolean
wait_for_clip (NanogptJob *job, GError **error)
{
  g_autofree char *said = NULL;
  guint n_warnings = 0;
  int changed = TRUE;
  gboolean done = FALSE;
  gboolean interrupted;
  guint interrupt = interrupt_begin (&interrupted);
  guint second = g_timeout_add_seconds (1, on_second, &changed);
  guint observer = nanogpt_job_add_observer (job, on_change, &changed);

  while (!done && !interrupted) {
    if (g_atomic_int_compare_and_exchange (&changed, TRUE, FALSE))
      done = look (job, &said, &n_warnings, error);
    else
      g_main_context_iteration (NULL, TRUE);
  }
  nanogpt_job_remove_observer (job, observer);
  g_source_remove (second);
  interrupt_end (interrupt);
  progress_bar_end ();
  if (!done)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
        _ ("Interrupted. The job goes on, and is charged; to collect its clip "
           "later, run the same command again"));
  return !*error;
}

/* The file */

static gboolean
check_content (NanogptClip *clip, GError **error)
{
  gint64 size = nanogpt_clip_get_size (clip);
  char head[SNIFFED + 1] = "";

  if (size > 0)
    nanogpt_clip_peek (clip, 0, head, MIN (size, SNIFFED));
  g_strchug (head);
  if (size > 0 && (*head == '\0' || !strchr ("<{[", *head)))
    return TRUE;
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
      _ ("The service's result is not a media file"));
  return FALSE;
}

static gboolean
write_to_fd (int fd, const guint8 *data, gsize length, GError **error)
{
  while (length > 0) {
    gssize written = write (fd, data, length);

    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
          _ ("The clip cannot be written: %s"), g_strerror (errno));
      return FALSE;
    }
    data += written;
    length -= written;
  }
  return TRUE;
}

/* Copies the clip to @file, or to @fd if @file is NULL. */
static gboolean
copy_clip (NanogptClip *clip, NanogptDurableFile *file, int fd, GError **error)
{
  guint64 size = nanogpt_clip_get_size (clip);

  for (guint64 offset = 0; offset < size; offset += PIECE) {
    gsize length = MIN (PIECE, size - offset);
    g_autoptr (GBytes) bytes = nanogpt_clip_read (clip, offset, length, error);
    gconstpointer data = bytes ? g_bytes_get_data (bytes, NULL) : NULL;

    if (!bytes
        || !(file ? nanogpt_durable_file_write (file, data, length, error)
                  : write_to_fd (fd, data, length, error)))
      return FALSE;
  }
  return TRUE;
}

/* A device or a pipe must not be replaced by a file. */
static gboolean
store_in_place (NanogptClip *clip, const char *path, GError **error)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean stored;

  if (fd < 0) {
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
        _ ("\"%s\" cannot be opened: %s"), path, g_strerror (errno));
    return FALSE;
  }
  stored = copy_clip (clip, NULL, fd, error);
  close (fd);
  return stored;
}

static gboolean
store (NanogptClip *clip, const char *path, GError **error)
{
  g_autofree char *target = realpath (path, NULL);
  g_autoptr (NanogptDurableFile) file = NULL;

  if (g_str_equal (path, "-"))
    return copy_clip (clip, NULL, STDOUT_FILENO, error);
  if (target && !g_file_test (target, G_FILE_TEST_IS_REGULAR))
    return store_in_place (clip, target, error);

  file =
      nanogpt_durable_file_new_with_mode (target ? target : path, 0666, error);
  return file && copy_clip (clip, file, -1, error)
      && nanogpt_durable_file_commit (file, error);
}

/* Checks this first, so that a wait of minutes does not end with a file that
 * cannot be created. */
static gboolean
check_place (const char *place, gboolean may_be_dir, GError **error)
{
  g_autofree char *target = NULL;
  g_autofree char *dir = NULL;
  gboolean is_dir;
  int code;

  if (!place || g_str_equal (place, "-"))
    return TRUE;
  target = realpath (place, NULL);
  is_dir = g_file_test (place, G_FILE_TEST_IS_DIR);
  if (is_dir && !may_be_dir) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR,
        _ ("\"%s\" cannot be opened: %s"), place, g_strerror (EISDIR));
    return FALSE;
  }
  dir =
      is_dir ? g_strdup (place) : g_path_get_dirname (target ? target : place);
  if (access (dir, W_OK | X_OK) == 0)
    return TRUE;
  code = errno;
  if (!g_file_test (place, G_FILE_TEST_IS_REGULAR) && access (place, W_OK) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
      _ ("No file can be made in \"%s\": %s"), dir, g_strerror (code));
  return FALSE;
}

/* The journal */

/* Returns: (transfer full) (element-type NanogptJournalRecord) (nullable): the
 *   entries of the job; a run ID is unique only within an origin */
static GPtrArray *
find_records (const Options *options, const char *run_id, GError **error)
{
  GPtrArray *records = ask_list (options->store, error);

  for (guint i = records ? records->len : 0; i > 0; i--) {
    const NanogptJournalRecord *record = records->pdata[i - 1];

    if (record->damaged || g_strcmp0 (record->run_id, run_id) != 0)
      g_ptr_array_remove_index (records, i - 1);
  }
  return records;
}

static gboolean
is_of_account (const GPtrArray *records, const char *api_key)
{
  g_autofree char *account = nanogpt_journal_get_account (api_key);

  for (guint i = 0; i < records->len; i++) {
    const NanogptJournalRecord *record = records->pdata[i];

    if (g_str_equal (record->account, account))
      return TRUE;
  }
  return FALSE;
}

/* The origin in the journal is used only if the options and the environment set
 * none. */
static NanogptSettings *
make_settings (const Options *options, const GPtrArray *records,
    const char *run_id, GError **error)
{
  const char *origin = records->len > 0
      ? ((NanogptJournalRecord *)records->pdata[0])->origin
      : NULL;
  NanogptSettings *settings = service_settings_new (options, origin, error);

  if (settings)
    settings->run_id = g_strdup (run_id);
  return settings;
}

/* Waits for a result and stores it.
 *
 * @files: receives the names of the files */
static gboolean
fetch (NanogptJob *job, const NanogptSettings *settings, const Options *options,
    const char *place, GStrvBuilder *files, GError **error)
{
  g_autoptr (NanogptClip) clip = NULL;
  g_autofree char *path = NULL;

  nanogpt_job_start (job, settings);
  if (!wait_for_clip (job, error))
    return FALSE;
  clip = nanogpt_job_get_clip (job);
  if (!check_content (clip, error))
    return FALSE;
  path = options->all
      ? result_name_make (place, settings->run_id, settings->output_index, clip)
      : g_strdup (place);
  if (!store (clip, path, error))
    return FALSE;
  g_strv_builder_add (files, path);
  if (options->all && !options->json) {
    g_autofree char *line = g_strconcat (path, "\n", NULL);

    return print_answer (line, error);
  }
  return TRUE;
}

static gboolean
fetch_others (NanogptSettings *settings, const Options *options, guint outputs,
    const char *place, GStrvBuilder *files, GError **error)
{
  for (guint i = 1; i < outputs; i++) {
    g_autoptr (NanogptJob) job = NULL;
    gboolean fetched;

    settings->output_index = i;
    job = nanogpt_job_new (NULL, settings);
    fetched = fetch (job, settings, options, place, files, error);
    nanogpt_job_stop (job);
    if (!fetched)
      return FALSE;
  }
  return TRUE;
}

static gboolean
print_json (const NanogptJobStatus *status, GStrvBuilder *files, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariantBuilder) names =
      g_variant_builder_new (G_VARIANT_TYPE ("as"));
  g_auto (GStrv) paths = g_strv_builder_end (files);

  for (guint i = 0; paths[i]; i++) {
    g_autofree char *name = g_filename_display_name (paths[i]);

    g_variant_builder_add (names, "s", name);
  }
  json_answer_add_text (&dict, "run-id", status->run_id);
  json_answer_add_text (&dict, "model", status->model);
  json_answer_add_number (
      &dict, "cost", status->cost >= 0, nanogpt_money_to_double (status->cost));
  json_answer_add_text (&dict, "currency", status->payment_source);
  g_variant_dict_insert (&dict, "files", "as", names);
  return json_answer_print (g_variant_dict_end (&dict), error);
}

/* The job counts as delivered once everything requested is stored. */
static Status
collect (NanogptSettings *settings, const Options *options, const char *place)
{
  g_autoptr (NanogptJob) job = nanogpt_job_new (NULL, settings);
  g_autoptr (GStrvBuilder) files = g_strv_builder_new ();
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (GError) error = NULL;

  if (fetch (job, settings, options, place, files, &error)) {
    status = nanogpt_job_get_status (job);
    if (!options->all
        || fetch_others (
            settings, options, status->outputs, place, files, &error)) {
      nanogpt_job_deliver (job);
      if (!options->json || print_json (status, files, &error))
        return STATUS_OK;
    }
  }
  complain ("%s", error->message);
  nanogpt_job_stop (job);
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      ? STATUS_INTERRUPTED
      : STATUS_FAILED;
}

Status
command_collect (const Options *options, const char *run_id, const char *place)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = find_records (options, run_id, &error);
  g_autoptr (NanogptSettings) settings = NULL;

  if (!records) {
    complain ("%s", error->message);
    return STATUS_FAILED;
  }
  settings = make_settings (options, records, run_id, &error);
  if (!settings) {
    complain ("%s", error->message);
    return STATUS_FAILED;
  }
  if (records->len > 0 && !is_of_account (records, settings->api_key)) {
    complain (
        _ ("Job %s belongs to another account than that of the API key in "
           "use: set NANOGPT_API_KEY to the key that it was submitted with"),
        run_id);
    return STATUS_REFUSED;
  }
  if (!check_place (place, options->all, &error)) {
    complain ("%s", error->message);
    return STATUS_FAILED;
  }
  settings->output_index = options->index;
  return collect (settings, options, place);
}
