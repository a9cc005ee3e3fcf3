/* nanovid: answers that no honest server gives
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fixture/raw.h"

G_BEGIN_DECLS

/* What the service does wrong: a row of the test. */
typedef struct _Hostile Hostile;

typedef struct
{
  FixtureRaw *raw;
  const Hostile *hostile;
  GBytes *clip;
  gint asked; /* number of requests for the hostile path */
  gint submits;
  gint planted; /* headers that the answers planted there */
} Service;

/* Answers one request in any way. */
typedef void (*Misbehave) (Service *self, GSocketConnection *connection);

/* Honest answers */

/* Sends @json with status 200, then no more. */
void service_send_json (
    Service *self, GSocketConnection *connection, const char *json);

/* Sends the clip from @offset on, without a head. */
void service_send_clip (
    Service *self, GSocketConnection *connection, gsize offset);

/* Answers to any request */
void misbehave_large_json (Service *self, GSocketConnection *connection);
void misbehave_endless_body (Service *self, GSocketConnection *connection);
void misbehave_endless_chunks (Service *self, GSocketConnection *connection);
void misbehave_endless_trailers (Service *self, GSocketConnection *connection);
void misbehave_endless_headers (Service *self, GSocketConnection *connection);
void misbehave_endless_header (Service *self, GSocketConnection *connection);
void misbehave_endless_continue (Service *self, GSocketConnection *connection);
void misbehave_dripped_headers (Service *self, GSocketConnection *connection);
void misbehave_dripped_body (Service *self, GSocketConnection *connection);
void misbehave_reset (Service *self, GSocketConnection *connection);

/* Begins as a clip, and continues with a gigabyte of blanks. */
void misbehave_zip_bomb (Service *self, GSocketConnection *connection);

/* Answers to a poll */
void misbehave_nested_json (Service *self, GSocketConnection *connection);
void misbehave_nested_objects (Service *self, GSocketConnection *connection);
void misbehave_long_url (Service *self, GSocketConnection *connection);
void misbehave_nul_bytes (Service *self, GSocketConnection *connection);

/* Answers to a download */

/* Only the length of this clip is wrong. */
void misbehave_endless_clip (Service *self, GSocketConnection *connection);

/* Half of the clip, then a part that continues there but is too long */
void misbehave_overlong_part (Service *self, GSocketConnection *connection);

/* Half of the clip, then a part that begins elsewhere */
void misbehave_misplaced_part (Service *self, GSocketConnection *connection);

/* Half of the clip, then a part that begins too early, which is allowed */
void misbehave_overlapping_part (Service *self, GSocketConnection *connection);

/* Half of the clip, then a part of a file with a smaller size */
void misbehave_shrunken_part (Service *self, GSocketConnection *connection);

/* Said to be gzip, but is not */
void misbehave_encoded_clip (Service *self, GSocketConnection *connection);

void misbehave_gzipped_clip (Service *self, GSocketConnection *connection);
void misbehave_half_gzipped_clip (Service *self, GSocketConnection *connection);

/* Only closing the connection marks the end. */
void misbehave_untold_length (Service *self, GSocketConnection *connection);

G_END_DECLS
