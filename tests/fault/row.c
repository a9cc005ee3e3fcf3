/* nanovid: the expected outcome of a fault, for tests and documentation
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fault/row.h"

#include <string.h>

#include "fixture/env.h"

void
fault_row_print_head (void)
{
  g_print ("| phase | fault | settings | outcome | submits | within |\n"
           "|---|---|---|---|---|---|\n");
}

void
fault_row_print (const FaultRow *row, const char *properties)
{
  const char *tick = row->reason ? "`" : "";

  g_print ("| %s | %s | %s%s%s | %s%s%s%s%s | %u | %g s |\n", row->phase,
      row->fault, properties ? "`" : "", properties ? properties : "",
      properties ? "`" : "", tick, row->reason ? row->reason : "the clip", tick,
      row->outcome ? ", " : "", row->outcome ? row->outcome : "", row->charges,
      row->seconds);
}

char *
fault_row_get_test_path (const FaultRow *row)
{
  g_autofree char *name = g_strdup (row->fault);

  g_strdelimit (name, "/", '|');
  return g_strdup_printf ("/%s/%s", row->phase, name);
}

static GstMessageType
find_end (Player *player)
{
  for (guint i = 0; i < player->messages->len; i++) {
    GstMessageType type = GST_MESSAGE_TYPE (player->messages->pdata[i]);

    if (type == GST_MESSAGE_EOS || type == GST_MESSAGE_ERROR)
      return type;
  }
  return GST_MESSAGE_UNKNOWN;
}

/* Returns: EOS or an error, whichever came first, or neither after a timeout */
static GstMessageType
wait_end (Player *player, double seconds)
{
  gint64 until = g_get_monotonic_time () + (gint64)(seconds * G_USEC_PER_SEC);
  GstMessageType type;

  g_mutex_lock (&player->lock);
  while ((type = find_end (player)) == GST_MESSAGE_UNKNOWN
      && g_cond_wait_until (&player->cond, &player->lock, until))
    continue;
  g_mutex_unlock (&player->lock);
  return type;
}

void
fault_row_play (const FaultRow *row, Player *player, GBytes *clip)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  GstMessageType end;
  gsize size;
  const char *data = g_bytes_get_data (clip, &size);

  player_set_state (player, GST_STATE_PLAYING);
  end = wait_end (player, fixture_scaled (row->seconds));
  g_test_message ("%.2f s of %g s",
      (g_get_monotonic_time () - start) / (double)G_USEC_PER_SEC, row->seconds);
  if (end == GST_MESSAGE_UNKNOWN)
    g_error ("neither EOS nor an error after %g s", row->seconds);

  if (row->reason) {
    g_assert_cmpuint (end, ==, GST_MESSAGE_ERROR);
    g_assert_cmpstr (
        gst_structure_get_string (player_get_error (player, &error), "reason"),
        ==, row->reason);
    g_test_message ("%s", error->message);
    /* Only a clip without end can bring more data than the clip. */
    if (!g_str_equal (row->reason, "too-large"))
      g_assert_cmpuint (player->bytes->len, <=, size);
    size = MIN (size, player->bytes->len);
    g_assert_cmpmem (player->bytes->data, size, data, size);
  } else {
    if (end == GST_MESSAGE_ERROR)
      player_get_error (player, &error);
    g_assert_no_error (error);
    g_assert_cmpmem (player->bytes->data, player->bytes->len, data, size);
  }
}
