/* nanovid: what cannot be written about a job is written later
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* fallocate() */

#include <glib/gstdio.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fixture/tls.h"
#include "job-service.h"
#include "nanogpt/store/files/journal.h"

#define PROMPT "a lighthouse"

/* Makes the only entry unwritable.
 * Returns: the path for mend() */
static char *
obstruct (Service *service)
{
  const char *dir = service->settings->state_dir;
  g_autoptr (GPtrArray) records = nanogpt_journal_list (dir);
  const NanogptJournalRecord *record = records->pdata[0];
  g_autofree char *name = g_strconcat (record->id, ".spare", NULL);
  char *path = g_build_filename (dir, "jobs", name, NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  return path;
}

static void
mend (char *path)
{
  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_free (path);
}

/* Returns: (transfer full): the run id in the only entry */
static char *
get_run_id (Service *service)
{
  g_autoptr (GPtrArray) records =
      nanogpt_journal_list (service->settings->state_dir);

  g_assert_cmpuint (records->len, ==, 1);
  return g_strdup (((NanogptJournalRecord *)records->pdata[0])->run_id);
}

static void
assert_warned (Owner *owner, const char *of)
{
  g_autoptr (NanogptJobStatus) status = nanogpt_job_get_status (owner->job);
  g_autofree char *all =
      status->warnings ? g_strjoinv ("\n", status->warnings) : g_strdup ("");

  g_assert_nonnull (strstr (all, of));
}

/* Returns: (transfer full): the owner of a job whose id could not be written */
static Owner *
accept_unwritten (Service *service, char **path)
{
  Owner *owner;
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autofree char *run_id = NULL;

  service_add_fault (service, "submit:delay=500");
  owner = service_submit (service, PROMPT);
  g_assert_true (nanogpt_simulator_wait_requests (service->simulator,
      NANOGPT_SIMULATOR_SUBMIT, 1, fixture_scaled (20) * 1000));
  *path = obstruct (service);
  status = owner_wait_until (owner, has_come_to, NANOGPT_JOB_QUEUED);
  assert_warned (owner, "nanovid retries");
  run_id = get_run_id (service);
  g_assert_null (run_id);
  return owner;
}

static void
test_acceptance (void)
{
  g_autoptr (Service) service = service_new (1000, 0);
  g_autoptr (Owner) owner = NULL;
  g_autofree char *run_id = NULL;
  char *path;

  owner = accept_unwritten (service, &path);
  mend (path);
  while (!(run_id = get_run_id (service)))
    g_usleep (20 * 1000);
  nanogpt_job_stop (owner->job);
}

static void
test_stop (void)
{
  g_autoptr (Service) service = service_new (1000, 0);
  g_autoptr (Owner) owner = NULL;
  g_autofree char *run_id = NULL;
  char *path;

  owner = accept_unwritten (service, &path);
  mend (path);
  nanogpt_job_stop (owner->job);
  run_id = get_run_id (service);
  g_assert_nonnull (run_id);
}

/* A delivered clip is not played in place of a new one, even if the delivery
 * cannot be recorded. */
static void
test_delivery (void)
{
  g_autoptr (Service) service = service_new (0, 0);

  for (guint i = 1; i <= 2; i++) {
    g_autoptr (Owner) owner = service_ask (service, PROMPT);
    g_autofree char *path = NULL;

    owner_start (owner, service);
    owner_collect (owner, service);
    assert_charges (service, i);
    path = obstruct (service);
    nanogpt_job_deliver (owner->job);
    assert_warned (owner, "removed from it");
    nanogpt_job_stop (owner->job);
  }
}

/* File operations of the network thread would hold up all jobs. */
static gint trespasses;

static void
note_thread (const char *what, int fd)
{
  char name[16] = "";
  struct stat status;

  prctl (PR_GET_NAME, name);
  if (!g_str_equal (name, "nanovid-network")
      || (fd >= 0 && (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode))))
    return;
  g_test_message ("%s() on the network thread", what);
  g_atomic_int_inc (&trespasses);
}

int
open (const char *path, int flags, ...)
{
  va_list arguments;
  mode_t mode;

  va_start (arguments, flags);
  mode = va_arg (arguments, mode_t);
  va_end (arguments);
  note_thread ("open", -1);
  return syscall (SYS_openat, AT_FDCWD, path, flags, mode);
}

ssize_t
pread (int fd, void *data, size_t length, off_t offset)
{
  note_thread ("pread", fd);
  return syscall (SYS_pread64, fd, data, length, offset);
}

ssize_t
pwrite (int fd, const void *data, size_t length, off_t offset)
{
  note_thread ("pwrite", fd);
  return syscall (SYS_pwrite64, fd, data, length, offset);
}

static gint full; /* whether there is no room for a file */

int
fallocate (int fd, int mode, off_t offset, off_t length)
{
  note_thread ("fallocate", fd);
  if (g_atomic_int_get (&full)) {
    errno = ENOSPC;
    return -1;
  }
  return syscall (SYS_fallocate, fd, mode, offset, length);
}

int
unlink (const char *path)
{
  note_thread ("unlink", -1);
  return syscall (SYS_unlinkat, AT_FDCWD, path, 0);
}

int
close (int fd)
{
  note_thread ("close", fd);
  return syscall (SYS_close, fd);
}

/* A disk whose operations can be blocked for any time. */
static struct
{
  GMutex lock;
  GCond changed;
  gboolean stuck;
  gboolean cache_stuck;
  guint kept; /* clips that were renamed into a cache */
} disk;

int
fsync (int fd)
{
  g_mutex_lock (&disk.lock);
  while (disk.stuck)
    g_cond_wait (&disk.changed, &disk.lock);
  g_mutex_unlock (&disk.lock);
  return syscall (SYS_fsync, fd);
}

int
rename (const char *from, const char *to)
{
  gboolean keeps = g_str_has_suffix (to, ".clip");
  int result;

  g_mutex_lock (&disk.lock);
  while (keeps && disk.cache_stuck)
    g_cond_wait (&disk.changed, &disk.lock);
  result = syscall (SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
  disk.kept += result == 0 && keeps;
  g_cond_broadcast (&disk.changed);
  g_mutex_unlock (&disk.lock);
  return result;
}

static void
wait_until_kept (guint count)
{
  g_mutex_lock (&disk.lock);
  while (disk.kept < count)
    g_cond_wait (&disk.changed, &disk.lock);
  g_mutex_unlock (&disk.lock);
}

static void
set_stuck (gboolean *what, gboolean stuck)
{
  g_mutex_lock (&disk.lock);
  *what = stuck;
  g_cond_broadcast (&disk.changed);
  g_mutex_unlock (&disk.lock);
}

static NanogptJournalState
get_record_state (Service *service)
{
  g_autoptr (GPtrArray) records =
      nanogpt_journal_list (service->settings->state_dir);

  g_assert_cmpuint (records->len, ==, 1);
  return ((NanogptJournalRecord *)records->pdata[0])->state;
}

/* The cache has a clip as soon as it is complete, delivered or not, and drops
 * it when its reader rejects it. */
static void
test_cache_when_whole (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("whole", 30);
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (Owner) owner = NULL;
  g_autoptr (Owner) second = NULL;
  g_autoptr (Owner) third = NULL;
  g_autoptr (Service) service = service_new (0, 0);
  guint kept = disk.kept;

  service->settings->cache_dir = fixture_make_dir ();
  owner = service_submit (service, PROMPT);
  owner_collect (owner, service);
  wait_until_kept (kept + 1);
  g_assert_cmpint (get_record_state (service), !=, NANOGPT_JOURNAL_DELIVERED);
  second = service_submit (service, PROMPT);
  status = owner_wait (second, NANOGPT_JOB_COMPLETE);
  assert_clip (second->job, service->media);
  nanogpt_job_stop (second->job);
  assert_charges (service, 1);

  nanogpt_job_reject_clip (owner->job, "This is no video");
  owner_expect_error (owner, NANOGPT_ERROR_BAD_RESPONSE, TRUE);
  third = service_submit (service, PROMPT);
  owner_collect (third, service);
  assert_charges (service, 2);
  nanogpt_job_stop (owner->job);
  nanogpt_job_stop (third->job);
}

/* A slow disk does not hold up a state change, and a clip is marked as
 * delivered once the cache has it. */
static void
test_slow_delivery (gconstpointer cached)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("slow", 30);
  g_autoptr (Owner) owner = NULL;
  g_autoptr (Service) service = service_new (0, 0);
  guint kept = disk.kept;

  service->settings->cache_dir = cached ? fixture_make_dir () : NULL;
  owner = service_submit (service, PROMPT);
  set_stuck (&disk.cache_stuck, TRUE);
  owner_collect (owner, service);
  set_stuck (&disk.stuck, !cached);
  nanogpt_job_deliver_soon (owner->job);
  g_assert_cmpuint (disk.kept, ==, kept);
  g_assert_cmpint (get_record_state (service), !=, NANOGPT_JOURNAL_DELIVERED);
  set_stuck (&disk.cache_stuck, FALSE);
  set_stuck (&disk.stuck, FALSE);
  nanogpt_job_deliver (owner->job);
  g_assert_cmpuint (disk.kept, ==, kept + (cached ? 1 : 0));
  g_assert_cmpint (get_record_state (service), ==, NANOGPT_JOURNAL_DELIVERED);
  nanogpt_job_stop (owner->job);
}

/* Nothing is paid for if there is no room for the clip. */
static void
test_full_spool (void)
{
  g_autoptr (Service) service = service_new (0, 0);
  g_autoptr (Owner) owner = service_ask (service, PROMPT);

  g_atomic_int_set (&full, TRUE);
  owner_start (owner, service);
  owner_expect_error (owner, NANOGPT_ERROR_NO_SPACE, FALSE);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 0);

  g_atomic_int_set (&full, FALSE);
  owner_start (owner, service);
  owner_collect (owner, service);
  nanogpt_job_stop (owner->job);
  assert_charges (service, 1);
}

static void
assert_no_trespass (void)
{
  g_assert_cmpint (g_atomic_int_get (&trespasses), ==, 0);
}

/* The network thread does no file operations, even for a clip of unknown length
 * that is cached, looked up and rejected, with a custom CA file. */
static void
test_network_thread (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("thread", 30);
  g_autoptr (Owner) owner = NULL;
  g_autoptr (Owner) second = NULL;
  g_autoptr (Service) service = service_new (0, 0);

  service_add_fault (service, "media:no-length");
  service->settings->cache_dir = fixture_make_dir ();
  service->settings->tls_ca_file = g_strdup (fixture_tls_ca_file ());
  g_atomic_int_set (&trespasses, 0);
  owner = service_ask (service, PROMPT);
  owner_start (owner, service);
  owner_collect (owner, service);
  nanogpt_job_deliver (owner->job);
  nanogpt_job_stop (owner->job);
  assert_no_trespass ();

  second = service_ask (service, PROMPT);
  owner_start (second, service);
  nanogpt_job_status_free (owner_wait (second, NANOGPT_JOB_COMPLETE));
  nanogpt_job_reject_clip (second->job, "This is no video");
  owner_expect_error (second, NANOGPT_ERROR_BAD_RESPONSE, TRUE);
  nanogpt_job_stop (second->job);
  assert_charges (service, 1);
  assert_no_trespass ();
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

  g_test_add_func ("/job/disk/acceptance", test_acceptance);
  g_test_add_func ("/job/disk/stop", test_stop);
  g_test_add_func ("/job/disk/delivery", test_delivery);
  g_test_add_func ("/job/disk/cache-when-whole", test_cache_when_whole);
  g_test_add_data_func ("/job/disk/slow-journal", NULL, test_slow_delivery);
  g_test_add_data_func (
      "/job/disk/slow-cache", GINT_TO_POINTER (TRUE), test_slow_delivery);
  g_test_add_func ("/job/disk/full-spool", test_full_spool);
  g_test_add_func ("/job/disk/network-thread", test_network_thread);
  return g_test_run ();
}
