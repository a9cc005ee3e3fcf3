/* nanovid: a service that accepts every job and records the requests
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "fixture/server.h"
#include "player.h"

G_BEGIN_DECLS

typedef struct
{
  FixtureServer *server;
  GBytes *clip;
  gboolean pending; /* jobs do not end; set before they begin */
} Inbox;

Inbox *inbox_new (void);
void inbox_free (Inbox *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Inbox, inbox_free)

const char *inbox_get_url (Inbox *self);

/* @line: a pipeline description, whose element named source uses this
 * service */
Player *inbox_create_player (Inbox *self, const char *line);

/* Plays it to the end. */
void inbox_run (Inbox *self, const char *line);

/* Number of jobs that were submitted. */
guint inbox_count (Inbox *self);

/* Waits at most ten seconds (scaled) until there were @count jobs. */
void inbox_wait (Inbox *self, guint count);

/* @index: which submit, from 0
 * Returns: (transfer full): its body */
JsonObject *inbox_get (Inbox *self, guint index);

/* @value: a data URL
 * @type: its MIME type
 * Returns: (transfer full): the file in it */
GBytes *inbox_decode (const char *value, const char *type);

/* Returns: (transfer full): the file in the field @name of a submit */
GBytes *inbox_get_file (
    Inbox *self, guint index, const char *name, const char *type);

/* Describes a picture.
 * Returns: (transfer full): one letter for each corner, top ones first: R, G,
 *   B, Y(ellow), W(hite), K (black) */
char *inbox_describe_picture (GBytes *picture);

/* @seconds: (out): the duration of a sound
 * Returns: its frequency in Hz */
double inbox_measure_sound (GBytes *sound, double *seconds);

G_END_DECLS
