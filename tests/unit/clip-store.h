/* nanovid: downloads for tests: a service with one job, and a store of its clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "fixture/raw.h"
#include "job-service.h"

/* Bytes of most clips. */
#define SIZE 300000

typedef struct _Store Store;

/* Sends the response to request number @number for the clip, from 1. */
typedef void (*StoreAnswer) (
    Store *self, GSocketConnection *connection, guint number);

/* A service with one job whose clip is at @url, and a store that serves it. */
struct _Store
{
  Service service; /* only its settings and media are set */
  FixtureRaw *raw;
  const char *url;
  StoreAnswer answer;
  GMutex lock;
  GPtrArray *heads; /* of the requests for the clip */
  gint submits;
  gint read; /* the reader has bytes of the clip */
  gint keep; /* keep connections open */
};

/* @media: (transfer full): the clip
 *
 * Returns: (transfer full): its job, not started yet */
Owner *store_open (
    Store *self, const char *url, StoreAnswer answer, GBytes *media);

void store_close (Store *self);

/* Waits until the job has the whole clip, and checks it. */
void store_assert_collected (Store *self, Owner *owner);

/* Returns: the head of request number @number for the clip */
const char *store_get_head (Store *self, guint number);

/* Returns: the first byte that a request asks for, 0 without a range */
gsize store_get_range (Store *self, guint number);

/* Sends the clip's bytes from @start up to @end, with a 206 response if @part
 * is set, with @headers, and with the length of all the rest. */
void store_send_part (Store *self, GSocketConnection *connection,
    const char *headers, gsize start, gsize end, gboolean part);

/* Sends what is asked for: the file is the same, whatever the request says
 * about it. */
void store_send_asked (Store *self, GSocketConnection *connection, guint number,
    const char *headers);

/* A StoreAnswer: what is asked for, always with the same ETag. */
void store_send_file (Store *self, GSocketConnection *connection, guint number);

/* Adds the test /download/@group/@name. */
void store_add_test (const char *group, const char *name, gconstpointer data,
    GTestDataFunc function);
