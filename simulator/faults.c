/* nanovid: simulator: faults, scripted by request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "faults.h"

#include <errno.h>
#include <string.h>

typedef struct
{
  NanogptSimulatorEndpoint endpoint;
  guint first, last; /* numbers of the matching requests, from 1 */
  guint seen;
  SimFault *fault;
} Rule;

struct _SimFaults
{
  GPtrArray *rules;
};

G_GNUC_PRINTF (2, 3)
static gboolean
bad_rule (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_clear_error (error);
  if (error)
    *error = g_error_new_valist (
        G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, format, args);
  va_end (args);
  return FALSE;
}

static void
fault_clear (gpointer data)
{
  SimFault *fault = data;

  g_free (fault->redirect);
  g_free (fault->code);
  g_clear_pointer (&fault->body, g_bytes_unref);
  g_free (fault->content_type);
  g_ptr_array_unref (fault->headers);
  g_free (fault->etag);
  g_strfreev (fault->states);
  g_free (fault->error);
}

void
sim_fault_unref (SimFault *fault)
{
  g_rc_box_release_full (fault, fault_clear);
}

static SimFault *
fault_new (void)
{
  SimFault *fault = g_rc_box_new0 (SimFault);

  fault->truncate = -1;
  fault->generation_time = -1;
  fault->headers = g_ptr_array_new_with_free_func (g_free);
  return fault;
}

static void
rule_free (gpointer data)
{
  Rule *rule = data;

  g_clear_pointer (&rule->fault, sim_fault_unref);
  g_free (rule);
}

/* Splits a list of states and validates it. */
char **
sim_states_parse (const char *text, const char *separator, GError **error)
{
  static const char *const known[] = { "IN_QUEUE", "IN_PROGRESS", "COMPLETED",
    "FAILED", "CANCELLED", NULL };
  static const char *const final[] = { "COMPLETED", "FAILED", "CANCELLED",
    NULL };
  g_auto (GStrv) states = g_strsplit (text, separator, -1);
  guint n = g_strv_length (states);

  for (guint i = 0; i < n; i++) {
    if (!g_strv_contains (known, states[i])) {
      bad_rule (error,
          "unknown state %s: IN_QUEUE, IN_PROGRESS, COMPLETED, FAILED and "
          "CANCELLED are known",
          states[i]);
      return NULL;
    }
    if (g_strv_contains (final, states[i]) != (i == n - 1)) {
      bad_rule (error,
          "the last state, and only it, must be COMPLETED, FAILED or "
          "CANCELLED: %s",
          text);
      return NULL;
    }
  }
  if (n == 0)
    bad_rule (error, "no states");
  return n > 0 ? g_steal_pointer (&states) : NULL;
}

static gboolean
parse_number (const char *text, guint64 max, guint64 *number)
{
  return g_ascii_string_to_unsigned (text, 10, 0, max, number, NULL);
}

static gboolean
add_header (SimFault *fault, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);

  if (g_strv_length (parts) != 2 || *g_strstrip (parts[0]) == '\0')
    return bad_rule (error, "header must be NAME:VALUE, not %s", text);
  g_ptr_array_add (fault->headers, g_strdup (parts[0]));
  g_ptr_array_add (fault->headers, g_strdup (g_strstrip (parts[1])));
  return TRUE;
}

static gboolean
set_flag (SimFault *fault, const char *name)
{
  struct
  {
    const char *name;
    gboolean *flag;
  } flags[] = {
    { "refuse", &fault->refuse },
    { "drop", &fault->refuse },
    { "stall", &fault->stall },
    { "html", &fault->html },
    { "reply-drop", &fault->reply_drop },
    { "reply-half", &fault->reply_half },
    { "reply-stall", &fault->reply_stall },
    { "no-length", &fault->no_length },
    { "no-ranges", &fault->no_ranges },
    { "expire", &fault->expire },
    { "nsfw", &fault->nsfw },
  };

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++) {
    if (g_str_equal (flags[i].name, name)) {
      *flags[i].flag = TRUE;
      return TRUE;
    }
  }
  return FALSE;
}

/* Returns: whether there is a numeric action of this name; sets @error if
 *   @value is not valid. */
static gboolean
set_number (
    SimFault *fault, const char *name, const char *value, GError **error)
{
  static const struct
  {
    const char *name;
    guint64 min, max;
  } numbers[] = {
    { "status", 200, 599 },
    { "reply-status", 200, 599 },
    { "delay", 0, 3600000 },
    { "drip", 1, G_MAXINT64 },
    { "truncate", 0, G_MAXINT64 },
    { "huge", 1, G_MAXINT64 },
  };
  guint64 number;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (numbers); i++) {
    if (g_str_equal (numbers[i].name, name))
      break;
  }
  if (i == G_N_ELEMENTS (numbers))
    return FALSE;
  if (!parse_number (value, numbers[i].max, &number)
      || number < numbers[i].min) {
    bad_rule (error, "bad value for %s: %s", name, value);
    return TRUE;
  }
  switch (i) {
    case 0:
      fault->status = number;
      break;
    case 1:
      fault->reply_status = number;
      break;
    case 2:
      fault->delay = number;
      break;
    case 3:
      fault->drip = number;
      break;
    case 4:
      fault->truncate = number;
      break;
    default:
      fault->huge = number;
  }
  return TRUE;
}

static void
set_body (SimFault *fault, char *text, gsize length)
{
  g_clear_pointer (&fault->body, g_bytes_unref);
  fault->body = g_bytes_new_take (text, length);
}

static void
replace_string (char **string, const char *value)
{
  g_free (*string);
  *string = g_strdup (value);
}

/* Returns: whether there is an action of this name with a text value. */
static gboolean
set_text (SimFault *fault, const char *name, const char *value, GError **error)
{
  char *contents;
  gsize length;

  if (g_str_equal (name, "body")) {
    set_body (fault, g_strdup (value), strlen (value));
  } else if (g_str_equal (name, "body-file")) {
    if (g_file_get_contents (value, &contents, &length, error))
      set_body (fault, contents, length);
  } else if (g_str_equal (name, "shape")) {
    if (!sim_error_shape_from_string (value, &fault->shape))
      bad_rule (error, "unknown shape: %s", value);
  } else if (g_str_equal (name, "type")) {
    replace_string (&fault->content_type, value);
  } else if (g_str_equal (name, "code")) {
    replace_string (&fault->code, value);
  } else if (g_str_equal (name, "header")) {
    add_header (fault, value, error);
  } else if (g_str_equal (name, "retry-after")) {
    g_ptr_array_add (fault->headers, g_strdup ("Retry-After"));
    g_ptr_array_add (fault->headers, g_strdup (value));
  } else if (g_str_equal (name, "etag")) {
    replace_string (&fault->etag, value);
  } else if (g_str_equal (name, "redirect")) {
    replace_string (&fault->redirect, value);
  } else if (g_str_equal (name, "states")) {
    g_strfreev (fault->states);
    fault->states = sim_states_parse (value, "/", error);
  } else if (g_str_equal (name, "error")) {
    replace_string (&fault->error, value);
  } else if (g_str_equal (name, "generation-time")) {
    char *end;
    fault->generation_time = g_ascii_strtod (value, &end);
    if (end == value || *end != '\0' || !(fault->generation_time >= 0))
      bad_rule (error, "bad value for generation-time: %s", value);
  } else {
    return FALSE;
  }
  return TRUE;
}

static gboolean
parse_action (SimFault *fault, const char *action, GError **error)
{
  const char *equals = strchr (action, '=');
  g_autofree char *name =
      equals ? g_strndup (action, equals - action) : g_strdup (action);
  GError *problem = NULL;

  if (!equals) {
    if (!set_flag (fault, name))
      return bad_rule (
          error, "unknown action, or one that needs a value: %s", name);
    return TRUE;
  }
  if (!set_number (fault, name, equals + 1, &problem)
      && !set_text (fault, name, equals + 1, &problem))
    return bad_rule (error, "unknown action, or one without a value: %s", name);
  if (problem) {
    g_propagate_error (error, problem);
    return FALSE;
  }
  return TRUE;
}

/* Splits at commas, except those after a backslash. */
static GPtrArray *
split_actions (const char *text)
{
  GPtrArray *actions = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) current = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++) {
    if (p[0] == '\\' && (p[1] == ',' || p[1] == '\\')) {
      g_string_append_c (current, *++p);
    } else if (*p == ',') {
      g_ptr_array_add (actions, g_strdup (current->str));
      g_string_truncate (current, 0);
    } else {
      g_string_append_c (current, *p);
    }
  }
  g_ptr_array_add (actions, g_strdup (current->str));
  return actions;
}

/* Parses "N", "N-" and "N-M". */
static gboolean
parse_numbers (const char *text, guint *first, guint *last)
{
  g_auto (GStrv) parts = g_strsplit (text, "-", 2);
  guint64 from, to;

  if (!parts[0] || !parse_number (parts[0], G_MAXUINT, &from) || from == 0)
    return FALSE;
  to = from;
  if (parts[1] && *parts[1] == '\0')
    to = G_MAXUINT;
  else if (parts[1] && !parse_number (parts[1], G_MAXUINT, &to))
    return FALSE;
  *first = from;
  *last = to;
  return to >= from;
}

static gboolean
parse_target (Rule *rule, const char *target, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (target, "#", 2);

  if (!parts[0] || !sim_endpoint_from_name (parts[0], &rule->endpoint))
    return bad_rule (error, "unknown endpoint: %s", target);
  rule->first = 1;
  rule->last = G_MAXUINT;
  if (parts[1] && !parse_numbers (parts[1], &rule->first, &rule->last))
    return bad_rule (error, "bad request numbers: %s", target);
  return TRUE;
}

SimFaults *
sim_faults_new (void)
{
  SimFaults *faults = g_new0 (SimFaults, 1);

  faults->rules = g_ptr_array_new_with_free_func (rule_free);
  return faults;
}

void
sim_faults_free (SimFaults *faults)
{
  g_ptr_array_unref (faults->rules);
  g_free (faults);
}

gboolean
sim_faults_add (SimFaults *faults, const char *text, GError **error)
{
  const char *colon = strchr (text, ':');
  g_autofree char *target = NULL;
  g_autoptr (GPtrArray) actions = NULL;
  Rule *rule;

  if (!colon)
    return bad_rule (
        error, "a fault rule is ENDPOINT[#N[-M]]:ACTION: %s", text);
  target = g_strndup (text, colon - text);
  actions = split_actions (colon + 1);
  rule = g_new0 (Rule, 1);
  rule->fault = fault_new ();
  if (!parse_target (rule, target, error)) {
    rule_free (rule);
    return FALSE;
  }
  for (guint i = 0; i < actions->len; i++) {
    if (!parse_action (rule->fault, actions->pdata[i], error)) {
      rule_free (rule);
      return FALSE;
    }
  }
  g_ptr_array_add (faults->rules, rule);
  return TRUE;
}

void
sim_faults_clear (SimFaults *faults)
{
  g_ptr_array_set_size (faults->rules, 0);
}

/* Counts a request. Returns: (nullable) (transfer full): its fault. */
SimFault *
sim_faults_match (SimFaults *faults, NanogptSimulatorEndpoint endpoint)
{
  SimFault *found = NULL;

  for (guint i = 0; i < faults->rules->len; i++) {
    Rule *rule = faults->rules->pdata[i];

    if (rule->endpoint != endpoint && rule->endpoint != NANOGPT_SIMULATOR_ANY)
      continue;
    rule->seen++;
    if (!found && rule->seen >= rule->first && rule->seen <= rule->last)
      found = rule->fault;
  }
  return found ? g_rc_box_acquire (found) : NULL;
}
