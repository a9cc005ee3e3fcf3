/* nanovid: JSON: what is read, what is refused, what is written
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <math.h>
#include <string.h>

#include "nanogpt/base/json.h"

static JsonObject *
parse (const char *text, GError **error)
{
  return nanogpt_json_parse (
      text, strlen (text), "It", NANOGPT_ERROR_BAD_RESPONSE, error);
}

static char *
write_again (JsonObject *object)
{
  g_autoptr (JsonNode) node =
      json_node_init_object (json_node_alloc (), object);

  return nanogpt_json_write (node);
}

static const struct
{
  const char *text;
  const char *written;
} good[] = {
  { "{}", "{}" },
  { " \t\r\n{ } \n", "{}" },
  { "\xef\xbb\xbf{}", "{}" },
  { "{\"a\":null,\"b\":true,\"c\":false}",
      "{\"a\":null,\"b\":true,\"c\":false}" },
  { "{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}" },
  { "{\"a\":1,\"a\":2}", "{\"a\":2}" },
  { "{\"a\":[ ],\"b\":[1 , 2]}", "{\"a\":[],\"b\":[1,2]}" },
  { "{\"a\":{\"d\":{},\"c\":[{}]}}", "{\"a\":{\"c\":[{}],\"d\":{}}}" },
  { "{\"a\":0}", "{\"a\":0}" },
  { "{\"a\":-0}", "{\"a\":0}" },
  { "{\"a\":-0.0}", "{\"a\":0}" },
  { "{\"a\":5.0}", "{\"a\":5}" },
  { "{\"a\":1e2}", "{\"a\":100}" },
  { "{\"a\":0.1}", "{\"a\":0.1}" },
  { "{\"a\":-1.5E-3}", "{\"a\":-0.0015}" },
  { "{\"a\":0.30000000000000004}", "{\"a\":0.30000000000000004}" },
  { "{\"a\":9223372036854775807}", "{\"a\":9223372036854775807}" },
  { "{\"a\":-9223372036854775808}", "{\"a\":-9223372036854775808}" },
  { "{\"a\":18446744073709551615}", "{\"a\":1.8446744073709552e+19}" },
  { "{\"\":\"\"}", "{\"\":\"\"}" },
  { "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}",
      "{\"a\":\"\\\"\\\\/\\u0008\\u000c\\n\\u000d\\u0009\"}" },
  { "{\"a\":\"\\u001F\x7f\"}", "{\"a\":\"\\u001f\x7f\"}" },
  { "{\"a\":\"\\u00E9\\u00e9\"}", "{\"a\":\"\xc3\xa9\xc3\xa9\"}" },
  { "{\"a\":\"\\ud83e\\udd8a\"}", "{\"a\":\"\xf0\x9f\xa6\x8a\"}" },
  /* Half an emoji, as at the end of a truncated text. */
  { "{\"a\":\"x\\ud83e\"}", "{\"a\":\"x\xef\xbf\xbd\"}" },
  { "{\"a\":\"\\udd8ax\"}", "{\"a\":\"\xef\xbf\xbdx\"}" },
  { "{\"a\":\"\\ud83e\\u0041\"}",
      "{\"a\":\"\xef\xbf\xbd"
      "A\"}" },
  { "{\"a\":\"x\\u0000y\"}", "{\"a\":\"x\xef\xbf\xbdy\"}" },
  { "{\"a\":\"/* [[[ ' // #\"}", "{\"a\":\"/* [[[ ' // #\"}" },
};

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonObject) object = parse (good[i].text, &error);
    g_autofree char *written = NULL;

    g_test_message ("%s", good[i].text);
    g_assert_no_error (error);
    written = write_again (object);
    g_assert_cmpstr (written, ==, good[i].written);
  }
}

static const char *const bad[] = {
  "",
  " ",
  "null",
  "[]",
  "[{}]",
  "1",
  "\"text\"",
  "{",
  "}",
  "{]",
  "{\"a\"",
  "{\"a\":",
  "{\"a\":}",
  "{\"a\":1",
  "{\"a\":1,",
  "{\"a\":1,}",
  "{\"a\":[1,]}",
  "{\"a\":[1",
  "{\"a\":[1}",
  "{\"a\" 1}",
  "{a:1}",
  "{'a':1}",
  "{1:1}",
  "{\"a\":1}{\"b\":2}",
  "{} x",
  "{\"a\":01}",
  "{\"a\":+1}",
  "{\"a\":.5}",
  "{\"a\":1.}",
  "{\"a\":1e}",
  "{\"a\":-}",
  "{\"a\":0x10}",
  "{\"a\":1e999}",
  "{\"a\":-1e999}",
  "{\"a\":NaN}",
  "{\"a\":Infinity}",
  "{\"a\":True}",
  "{\"a\":nul}",
  "{\"a\":\"}",
  "{\"a\":\"\\\"}",
  "{\"a\":\"\\x\"}",
  "{\"a\":\"\\u12\"}",
  "{\"a\":\"\\u12g4\"}",
  "{\"a\":\"\\ud83e\\u12\"}",
  "/*\"*/{}",
  "{} // end",
  "# {}",
  "<html><body>{}</body></html>",
  "{\"a\":\"\xff\"}",
  "{\"a\":\"\xed\xa0\x80\"}",
  "{\"a\":\"\xc0\xaf\"}",
};

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonObject) object = parse (bad[i], &error);

    g_test_message ("%s", i + 3 < G_N_ELEMENTS (bad) ? bad[i] : "no UTF-8");
    g_assert_null (object);
    g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE);
    g_assert_true (g_str_has_prefix (error->message, "It is "));
  }
}

/* Wherever the text ends, this is detected, and nothing is read beyond the end. */
static void
test_cut_off (void)
{
  static const char whole[] =
      "{\"a\":[1.5e-3,true,null,\"x\\n\\ud83e\\udd8a\xc3\xa9\"],\"b\":{}}";

  for (gsize size = 0; size < sizeof whole - 1; size++) {
    g_autofree char *part = g_memdup2 (whole, size);
    g_autoptr (JsonObject) object =
        nanogpt_json_parse (part, size, "It", NANOGPT_ERROR_BAD_RESPONSE, NULL);

    g_assert_null (object);
  }
}

static void
test_nul (void)
{
  static const char text[] = "{\"a\":1}\0";

  g_assert_null (nanogpt_json_parse (
      text, sizeof text - 1, "It", NANOGPT_ERROR_BAD_RESPONSE, NULL));
  g_assert_null (
      nanogpt_json_parse (NULL, 0, "It", NANOGPT_ERROR_BAD_RESPONSE, NULL));
}

static char *
nest (guint depth, const char *open, const char *close)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, open);
  for (guint i = 0; i < depth; i++)
    g_string_append (text, close);
  return g_string_free (text, FALSE);
}

static void
check_depth (guint depth, const char *open, const char *close, gboolean fine)
{
  g_autofree char *nested = nest (depth, open, close);
  g_autofree char *text = g_strconcat ("{\"a\":", nested, "}", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = parse (text, &error);

  g_assert_cmpint (object != NULL, ==, fine);
  if (!fine)
    g_assert_nonnull (strstr (error->message, "nested"));
}

static void
test_depth (void)
{
  check_depth (NANOGPT_JSON_MAX_DEPTH - 1, "[", "]", TRUE);
  check_depth (NANOGPT_JSON_MAX_DEPTH, "[", "]", FALSE);
  check_depth (100 * 1000, "[", "]", FALSE);
  check_depth (100 * 1000, "{\"a\":", "}", FALSE);
  check_depth (100 * 1000, "[[{\"a\":", "", FALSE);
}

static void
test_depth_in_string (void)
{
  g_autofree char *brackets = g_strnfill (100 * 1000, '[');
  g_autofree char *text = g_strconcat ("{\"a\":\"", brackets, "\"}", NULL);
  g_autoptr (JsonObject) object = parse (text, NULL);

  g_assert_cmpstr (nanogpt_json_get_string (object, "a"), ==, brackets);
}

/* Every lookup is tried on every type: it only finds values of its type. */
static void
test_lookups (void)
{
  static const struct
  {
    const char *name;
    gboolean is_string, is_number, is_boolean, is_object, is_array;
    double number;
  } members[] = {
    { "string", TRUE, FALSE, FALSE, FALSE, FALSE, 0 },
    { "empty", FALSE, FALSE, FALSE, FALSE, FALSE, 0 },
    { "int", FALSE, TRUE, FALSE, FALSE, FALSE, 5 },
    { "double", FALSE, TRUE, FALSE, FALSE, FALSE, 0.5 },
    { "digits", TRUE, TRUE, FALSE, FALSE, FALSE, 129.46956147 },
    { "nan", TRUE, FALSE, FALSE, FALSE, FALSE, 0 },
    { "units", TRUE, FALSE, FALSE, FALSE, FALSE, 0 },
    { "true", FALSE, FALSE, TRUE, FALSE, FALSE, 0 },
    { "word", TRUE, FALSE, TRUE, FALSE, FALSE, 0 },
    { "null", FALSE, FALSE, FALSE, FALSE, FALSE, 0 },
    { "object", FALSE, FALSE, FALSE, TRUE, FALSE, 0 },
    { "array", FALSE, FALSE, FALSE, FALSE, TRUE, 0 },
    { "missing", FALSE, FALSE, FALSE, FALSE, FALSE, 0 },
  };
  g_autoptr (JsonObject) object =
      parse ("{\"string\":\"x\",\"empty\":\"\",\"int\":5,\"double\":0.5,"
             "\"digits\":\"129.46956147\",\"nan\":\"nan\",\"units\":\"5s\","
             "\"true\":true,\"word\":\"true\",\"null\":null,\"object\":{},"
             "\"array\":[]}",
          NULL);

  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    const char *name = members[i].name;
    double number = -7;
    gboolean boolean = -7;

    g_test_message ("%s", name);
    g_assert_cmpint (nanogpt_json_get_string (object, name) != NULL, ==,
        members[i].is_string);
    g_assert_cmpint (nanogpt_json_get_number (object, name, &number), ==,
        members[i].is_number);
    g_assert_cmpfloat (
        number, ==, members[i].is_number ? members[i].number : -7);
    g_assert_cmpint (nanogpt_json_get_boolean (object, name, &boolean), ==,
        members[i].is_boolean);
    g_assert_cmpint (boolean, ==, members[i].is_boolean ? TRUE : -7);
    g_assert_cmpint (nanogpt_json_get_object (object, name) != NULL, ==,
        members[i].is_object);
    g_assert_cmpint (
        nanogpt_json_get_array (object, name) != NULL, ==, members[i].is_array);
  }
  g_assert_null (nanogpt_json_get_string (NULL, "string"));
  g_assert_null (nanogpt_json_get_object (NULL, "object"));
  g_assert_null (nanogpt_json_get_array (NULL, "array"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/good", test_good);
  g_test_add_func ("/json/bad", test_bad);
  g_test_add_func ("/json/cut-off", test_cut_off);
  g_test_add_func ("/json/nul", test_nul);
  g_test_add_func ("/json/depth", test_depth);
  g_test_add_func ("/json/depth/in-string", test_depth_in_string);
  g_test_add_func ("/json/lookups", test_lookups);
  return g_test_run ();
}
