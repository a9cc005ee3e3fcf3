/* nanovid: tests that the documentation's tables match the code
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "gst/gstnanovidmessages.h"
#include "nanogpt/base/error.h"

static const char *docs_dir;
static const GstNanovidPlace place = { 0, 0 };

static char *
load (const char *name)
{
  g_autofree char *path = g_build_filename (docs_dir, name, NULL);
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* Returns: (transfer full): the text under @heading, up to the next heading */
static char *
load_section (const char *name, const char *heading)
{
  g_autofree char *text = load (name);
  g_autofree char *line = g_strdup_printf ("\n%s\n", heading);
  char *start = strstr (text, line);

  g_assert_nonnull (start);
  start += strlen (line) - 1;
  g_assert_null (strstr (start, line));
  return g_strndup (start,
      strstr (start, "\n#") ? strstr (start, "\n#") - start
                            : (gssize)strlen (start));
}

static guint
count (const char *text, const char *what)
{
  guint n = 0;

  for (; (text = strstr (text, what)); text++)
    n++;
  return n;
}

/* Each row begins with one of @beginnings, and each of them begins exactly one row. */
static void
check_rows (const char *table, GPtrArray *beginnings)
{
  for (guint i = 0; i < beginnings->len; i++) {
    const char *beginning = beginnings->pdata[i];
    g_autofree char *line = g_strconcat ("\n", beginning, NULL);

    g_test_message ("%s", beginning);
    g_assert_cmpuint (count (table, line), ==, 1);
  }
  g_assert_cmpuint (count (table, "\n| `"), ==, beginnings->len);
}

/* Errors */

static GstMessage *
post (NanogptError code, gboolean answered)
{
  g_autoptr (GstElement) element = NULL;
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GError) error = g_error_new (NANOGPT_ERROR, code, "Something");
  NanogptErrorDetails *details = nanogpt_error_get_details (error);

  details->responded = answered;
  details->http_status = 400;
  details->run_id = g_strdup ("vid_1");
  element = gst_object_ref_sink (gst_bin_new (NULL));
  gst_element_set_bus (element, bus);
  gst_nanovid_post_error (element, error, &place);
  gst_element_set_bus (element, NULL);
  return gst_bus_pop (bus);
}

static const char *
get_resource_error_name (GstMessage *message)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (GST_TYPE_RESOURCE_ERROR);
  g_autoptr (GError) error = NULL;

  gst_message_parse_error (message, &error, NULL);
  g_assert_true (error->domain == GST_RESOURCE_ERROR);
  return g_enum_get_value (G_ENUM_CLASS (klass), error->code)->value_name
      + strlen ("GST_RESOURCE_ERROR_");
}

static void
add_resource_error (GHashTable *reasons, NanogptError code, gboolean answered)
{
  g_autoptr (GstMessage) message = post (code, answered);
  g_autofree char *word =
      g_strdup_printf ("`%s`", get_resource_error_name (message));
  const GstStructure *details;
  const char *reason;
  GString *words;

  gst_message_parse_error_details (message, &details);
  reason = gst_structure_get_string (details, "reason");
  g_assert_cmpstr (reason, ==, nanogpt_error_get_reason (code));
  words = g_hash_table_lookup (reasons, reason);
  if (!words) {
    words = g_string_new (NULL);
    g_hash_table_insert (reasons, g_strdup (reason), words);
  }
  if (!strstr (words->str, word))
    g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "", word);
}

static void
free_string (gpointer data)
{
  g_string_free (data, TRUE);
}

static void
test_errors (void)
{
  g_autofree char *text = load ("errors.md");
  g_autoptr (GHashTable) reasons =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_string);
  g_autoptr (GPtrArray) beginnings = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer reason, words;

  for (guint code = 0; code <= NANOGPT_ERROR_STATE_UNAVAILABLE; code++) {
    add_resource_error (reasons, code, FALSE);
    add_resource_error (reasons, code, TRUE);
  }
  /* There is no error after the last one. */
  g_test_expect_message ("nanogpt", G_LOG_LEVEL_CRITICAL, "*not be reached*");
  nanogpt_error_get_reason (NANOGPT_ERROR_STATE_UNAVAILABLE + 1);
  g_test_assert_expected_messages ();

  g_hash_table_iter_init (&iter, reasons);
  while (g_hash_table_iter_next (&iter, &reason, &words))
    g_ptr_array_add (beginnings,
        g_strdup_printf (
            "| `%s` | %s |", (char *)reason, ((GString *)words)->str));
  check_rows (text, beginnings);
}

/* Structures */

static gboolean
add_field (GQuark field, const GValue *value, gpointer data)
{
  /* As in caps: uint, not guint. */
  const char *type = G_VALUE_HOLDS_STRING (value)
      ? "string"
      : G_VALUE_TYPE_NAME (value) + strlen ("g");

  g_ptr_array_add (
      data, g_strdup_printf ("| `%s` | %s |", g_quark_to_string (field), type));
  return TRUE;
}

static void
check_structure (const char *heading, const GstStructure *structure)
{
  g_autofree char *section = load_section ("elements.md", heading);
  g_autoptr (GPtrArray) beginnings = g_ptr_array_new_with_free_func (g_free);

  gst_structure_foreach (structure, add_field, beginnings);
  check_rows (section, beginnings);
}

static void
test_error_details (void)
{
  g_autoptr (GstMessage) message = post (NANOGPT_ERROR_SERVER, TRUE);
  const GstStructure *details;

  gst_message_parse_error_details (message, &details);
  check_structure ("#### Error details", details);
}

static void
test_job (void)
{
  char text[] = "text";
  NanogptJobStatus status = {
    .run_id = text,
    .model = text,
    .details = text,
    .payment_source = text,
    .estimate_source = text,
    .outputs = 1,
  };
  g_autoptr (GstStructure) structure =
      gst_nanovid_job_structure_new (&status, &place);

  g_assert_true (gst_structure_has_name (structure, "nanovid-job"));
  check_structure ("#### nanovid-job", structure);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_assert_cmpint (argc, ==, 2);
  docs_dir = argv[1];

  g_test_add_func ("/docs/errors", test_errors);
  g_test_add_func ("/docs/error-details", test_error_details);
  g_test_add_func ("/docs/job", test_job);
  return g_test_run ();
}
