/* nanovid: tests of nanovid-jobs: collecting clips
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "desk.h"
#include "fixture/env.h"

static void
assert_is_clip (Desk *self, const char *data, gsize length)
{
  g_autofree char *expected = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (self->media, &expected, &size, NULL));
  g_assert_cmpmem (data, length, expected, size);
}

static void
assert_collected (Desk *self)
{
  g_autofree char *data = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (self->file, &data, &length, NULL));
  assert_is_clip (self, data, length);
}

/* Checks that the directory contains only the state and possibly the clip. */
static void
assert_no_leftovers (Desk *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    g_assert_true (
        g_str_equal (name, "clip.mp4") || g_str_equal (name, "state"));
}

static void
test_collect (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = desk_make_job (desk, "a lighthouse");
  g_autoptr (Result) result = NULL;
  GStatBuf status;

  desk_assert_state (desk, run_id, "accepted");
  result = desk_run (desk, KEY, "collect", run_id, desk->file, NULL);
  g_assert_cmpint (result->status, ==, 0);
  g_assert_cmpstr (result->out, ==, "");
  g_assert_nonnull (strstr (result->err, "complete\n"));
  assert_collected (desk);
  assert_no_leftovers (desk);
  desk_assert_state (desk, run_id, "delivered");
  g_assert_cmpint (g_stat (desk->file, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0640);

  /* Collecting again overwrites an existing file. */
  g_assert_true (g_file_set_contents (desk->file, "else", -1, NULL));
  desk_assert_status (desk, 0, "collect", run_id, desk->file, NULL);
  assert_collected (desk);
  g_assert_cmpuint (nanogpt_simulator_count_charges (desk->simulator), ==, 1);
}

/* Jobs with four results */

static Desk *
desk_new_for_four (char **run_id)
{
  static const char *const clips[] = {
    "size=64x48,rate=8,seconds=0.25,sound=none",
    "size=64x48,rate=8,seconds=0.25,sound=none,container=webm", NULL
  };
  g_autoptr (NanogptParameters) parameters = nanogpt_parameters_new ();
  g_autoptr (GPtrArray) media =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
  Desk *self = desk_new_with_clips (clips);

  g_free (parameters->model);
  parameters->model = g_strdup ("midjourney-video");
  g_ptr_array_add (media,
      nanogpt_media_new_url (
          NANOGPT_MEDIA_IMAGE, "https://example.com/cat.png"));
  desk_leave_job (self, desk_start_request (self, parameters, media, run_id));
  return self;
}

/* @names: the files that were written, in order */
static void
assert_four (Desk *self, const char *out, const char *const *names)
{
  g_auto (GStrv) lines = g_strsplit (out, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 4 + 1);
  for (guint i = 0; i < 4; i++) {
    g_autofree char *path = g_build_filename (self->dir, names[i], NULL);
    g_autofree char *contents = NULL;

    g_assert_cmpstr (lines[i], ==, path);
    g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
    g_assert_cmpint (memcmp (contents + 4, "ftyp", 4), ==, 0);
  }
}

/* An unusable location is reported before the wait. The error for a missing key
 * names the environment variable, as there is no option for the key. */
static void
test_collect_in_vain (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *nowhere = g_build_filename (desk->dir, "no", "x.mp4", NULL);
  g_autoptr (Result) result =
      desk_run (desk, KEY, "collect", "vid_unknown", nowhere, NULL);
  g_autoptr (Result) keyless =
      desk_run (desk, NULL, "collect", "vid_unknown", desk->file, NULL);

  g_assert_cmpint (result->status, ==, 1);
  g_assert_nonnull (strstr (result->err, "No file can be made"));
  g_assert_null (strstr (result->err, "queued"));
  g_assert_cmpint (keyless->status, ==, 1);
  g_assert_nonnull (strstr (keyless->err, "NANOGPT_API_KEY_FILE"));
  g_assert_null (strstr (keyless->err, "property"));
}

static void
test_collect_all (void)
{
  g_autofree char *run_id = NULL;
  g_autoptr (Desk) desk = desk_new_for_four (&run_id);
  g_autofree char *padded = g_build_filename (desk->dir, "a%03d.b.mp4", NULL);
  g_autoptr (Result) named =
      desk_run (desk, KEY, "collect", "--all", run_id, desk->file, NULL);
  g_autoptr (Result) numbered =
      desk_run (desk, KEY, "collect", "--all", run_id, padded, NULL);
  g_autoptr (Result) placed =
      desk_run (desk, KEY, "--all", "collect", run_id, desk->dir, NULL);
  const char *names[4];
  char made[4][64];

  g_assert_cmpint (named->status, ==, 0);
  assert_four (desk, named->out,
      (const char *[]){
          "clip-0.mp4", "clip-1.mp4", "clip-2.mp4", "clip-3.mp4" });
  g_assert_cmpint (numbered->status, ==, 0);
  assert_four (desk, numbered->out,
      (const char *[]){
          "a000.b.mp4", "a001.b.mp4", "a002.b.mp4", "a003.b.mp4" });
  g_assert_cmpint (placed->status, ==, 0);
  for (guint i = 0; i < 4; i++) {
    g_snprintf (made[i], sizeof made[i], "%s-%u.mp4", run_id, i);
    names[i] = made[i];
  }
  assert_four (desk, placed->out, names);
  desk_assert_state (desk, run_id, "delivered");
  g_assert_cmpuint (nanogpt_simulator_count_charges (desk->simulator), ==, 1);
}

/* A job is marked as delivered only when all of its results are stored. */
static void
test_collect_all_but_one (void)
{
  g_autofree char *first_id = NULL;
  g_autoptr (Desk) desk = desk_new_for_four (&first_id);
  g_autofree char *where = g_build_filename (desk->dir, "c", NULL);
  g_autofree char *blocked = g_build_filename (desk->dir, "c-2", NULL);
  g_autofree char *got = g_build_filename (desk->dir, "c-1", NULL);

  g_assert_cmpint (g_mkdir (blocked, 0700), ==, 0);
  desk_assert_status (desk, 1, "--all", "collect", first_id, where, NULL);
  desk_assert_state (desk, first_id, "accepted");
  g_assert_true (g_file_test (got, G_FILE_TEST_IS_REGULAR));
  g_assert_cmpint (g_rmdir (blocked), ==, 0);
  desk_assert_status (desk, 0, "--all", "collect", first_id, where, NULL);
  desk_assert_state (desk, first_id, "delivered");
}

static void
test_collect_index (void)
{
  g_autofree char *run_id = NULL;
  g_autoptr (Desk) desk = desk_new_for_four (&run_id);
  g_autofree char *all = g_build_filename (desk->dir, "all", NULL);
  g_autofree char *third = g_build_filename (desk->dir, "all-2", NULL);
  g_autofree char *one = NULL;
  g_autofree char *other = NULL;
  g_autoptr (Result) beyond = NULL;
  gsize length, other_length;

  beyond =
      desk_run (desk, KEY, "--index=4", "collect", run_id, desk->file, NULL);
  g_assert_cmpint (beyond->status, ==, 1);
  g_assert_nonnull (strstr (beyond->err, "output-index is 4"));
  g_assert_nonnull (strstr (beyond->err, run_id));
  desk_assert_state (desk, run_id, "accepted");

  desk_assert_status (
      desk, 0, "--index=2", "collect", run_id, desk->file, NULL);
  desk_assert_status (desk, 0, "--all", "collect", run_id, all, NULL);
  g_assert_true (g_file_get_contents (desk->file, &one, &length, NULL));
  g_assert_true (g_file_get_contents (third, &other, &other_length, NULL));
  g_assert_cmpmem (one, length, other, other_length);
}

static void
test_collect_to_stdout (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = desk_make_job (desk, "a lighthouse");
  g_autoptr (Result) result =
      desk_run (desk, KEY, "collect", run_id, "-", NULL);

  g_assert_cmpint (result->status, ==, 0);
  assert_is_clip (desk, result->out, result->length);
  desk_assert_state (desk, run_id, "delivered");
}

/* A job that is not in the journal can be collected if --base-url is given. */
static void
test_collect_unlisted (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = desk_make_job (desk, "a lighthouse");
  g_autofree char *base_url = g_strconcat (
      "--base-url=", nanogpt_simulator_get_base_url (desk->simulator), NULL);
  g_autoptr (Result) result = NULL;
  g_autoptr (Result) unknown = NULL;

  desk_assert_status (desk, 0, "forget", run_id, NULL);
  result = desk_run (desk, KEY, base_url, "collect", run_id, desk->file, NULL);
  g_assert_cmpint (result->status, ==, 0);
  assert_collected (desk);

  unknown = desk_run (
      desk, KEY, base_url, "collect", "vid_unknown", desk->file, NULL);
  g_assert_cmpint (unknown->status, ==, 1);
}

static void
assert_not_collected (Desk *self, const char *run_id, const char *file)
{
  desk_assert_status (self, 1, "collect", run_id, file, NULL);
  assert_no_leftovers (self);
  desk_assert_state (self, run_id, "accepted");
}

/* A job whose clip could not be stored can still be collected. */
static void
test_collect_to_full_disk (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = desk_make_job (desk, "a lighthouse");
  g_autofree char *nowhere = g_build_filename (desk->dir, "no", "clip", NULL);
  guint requests;

  assert_not_collected (desk, run_id, "/dev/full");
  assert_not_collected (desk, run_id, nowhere);
  requests =
      nanogpt_simulator_count_requests (desk->simulator, NANOGPT_SIMULATOR_ANY);
  assert_not_collected (desk, run_id, desk->dir);
  g_assert_cmpuint (
      nanogpt_simulator_count_requests (desk->simulator, NANOGPT_SIMULATOR_ANY),
      ==, requests);
  desk_assert_status (desk, 0, "collect", run_id, desk->file, NULL);
  assert_collected (desk);
  g_assert_true (g_file_test ("/dev/full", G_FILE_TEST_EXISTS));
}

static void
test_collect_no_media (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = desk_make_job (desk, "a lighthouse");

  g_assert_true (g_file_set_contents (desk->file, "before", -1, NULL));
  nanogpt_simulator_add_fault (desk->simulator, "media:html", NULL);
  assert_not_collected (desk, run_id, desk->file);
  nanogpt_simulator_clear_faults (desk->simulator);
  desk_assert_status (desk, 0, "collect", run_id, desk->file, NULL);
  assert_collected (desk);
}

static void
test_collect_failed (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = NULL;
  g_autoptr (Result) result = NULL;
  g_autoptr (Result) list = NULL;

  nanogpt_simulator_add_fault (desk->simulator,
      "submit:states=IN_QUEUE/FAILED,error=The lighthouse fell over", NULL);
  run_id = desk_make_job (desk, "a lighthouse");
  result = desk_run (desk, KEY, "collect", run_id, desk->file, NULL);
  g_assert_cmpint (result->status, ==, 1);
  g_assert_nonnull (strstr (result->err, "The lighthouse fell over"));
  g_assert_false (g_file_test (desk->file, G_FILE_TEST_EXISTS));
  list = desk_run (desk, NULL, "list", NULL);
  g_assert_cmpstr (list->out, ==, "");
}

/* The listing is not counted, because it is fetched independently of the job,
 * at any time after the submit. */
static guint
count_requests_for_jobs (Desk *self)
{
  return nanogpt_simulator_count_requests (
             self->simulator, NANOGPT_SIMULATOR_ANY)
      - nanogpt_simulator_count_requests (
          self->simulator, NANOGPT_SIMULATOR_MODELS);
}

/* A wrong account is rejected before any request is sent. */
static void
test_collect_wrong_account (void)
{
  g_autoptr (Desk) desk = desk_new ();
  g_autofree char *run_id = desk_make_job (desk, "a lighthouse");
  guint requests = count_requests_for_jobs (desk);
  g_autoptr (Result) other =
      desk_run (desk, "sk-another", "collect", run_id, desk->file, NULL);
  g_autoptr (Result) none =
      desk_run (desk, NULL, "collect", run_id, desk->file, NULL);

  g_assert_cmpint (other->status, ==, 4);
  g_assert_nonnull (strstr (other->err, "belongs to another account"));
  g_assert_null (strstr (other->err, "sk-another"));
  g_assert_cmpint (none->status, ==, 1);
  g_assert_nonnull (strstr (none->err, "NANOGPT_API_KEY"));
  g_assert_cmpuint (count_requests_for_jobs (desk), ==, requests);
  desk_assert_state (desk, run_id, "accepted");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  umask (027);

  g_test_add_func ("/jobs/collect", test_collect);
  g_test_add_func ("/jobs/collect/in-vain", test_collect_in_vain);
  g_test_add_func ("/jobs/collect-all", test_collect_all);
  g_test_add_func ("/jobs/collect-all-but-one", test_collect_all_but_one);
  g_test_add_func ("/jobs/collect-index", test_collect_index);
  g_test_add_func ("/jobs/collect-to-stdout", test_collect_to_stdout);
  g_test_add_func ("/jobs/collect-unlisted", test_collect_unlisted);
  g_test_add_func ("/jobs/collect-to-full-disk", test_collect_to_full_disk);
  g_test_add_func ("/jobs/collect-no-media", test_collect_no_media);
  g_test_add_func ("/jobs/collect-failed", test_collect_failed);
  g_test_add_func ("/jobs/collect-wrong-account", test_collect_wrong_account);
  return g_test_run ();
}
