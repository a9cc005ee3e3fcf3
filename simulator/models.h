/* nanovid: simulator: the table of models
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

typedef enum
{
  SIM_FIELD_CHOICE,  /* string, one of values; integers match as well */
  SIM_FIELD_DIGITS,  /* integer from min to max, also as a string */
  SIM_FIELD_SECONDS, /* "5s": such a number with an s, or an integer */
  SIM_FIELD_INTEGER,
  SIM_FIELD_NUMBER,
  SIM_FIELD_BOOLEAN,
  SIM_FIELD_TEXT,
} SimFieldType;

typedef struct
{
  const char *name;
  SimFieldType type;
  const char *values; /* separated by | */
  double min, max;
  const char *initial; /* default if the field is not sent, or NULL */
  gboolean automatic;  /* "-1" lets the model choose */
} SimField;

typedef enum
{
  SIM_MEDIA_NO,
  SIM_MEDIA_OPTIONAL,
  SIM_MEDIA_REQUIRED,
} SimMedia;

typedef enum
{
  SIM_PRICE_PER_SECOND,
  SIM_PRICE_PER_SECOND_BY_RESOLUTION,
  SIM_PRICE_PER_DURATION,
  SIM_PRICE_PER_RESOLUTION,
  SIM_PRICE_WITH_AUDIO,
  SIM_PRICE_OUTPUT, /* per second of output, plus inputs */
  SIM_PRICE_BASE,
} SimPriceKind;

typedef struct
{
  const char *key;
  gint64 amount; /* millionths of a USD */
} SimPrice;

typedef struct
{
  const char *slug;
  const char *name;
  SimMedia image;
  const SimField *fields;
  SimPriceKind price_kind;
  SimPrice prices[6];
  SimPrice edit_prices[4]; /* by resolution, with a source video, if any */
  SimMedia video;
  SimMedia audio;
  gboolean needs_prompt;  /* even with an image */
  const char *last_image; /* field of the last picture, or NULL */
  const char *references; /* field of reference pictures, or NULL */
  guint max_references;
  gboolean lists_media;   /* the listing includes the picture fields */
  const char *video_name; /* instead of videoUrl and videoDataUrl, or NULL */
  gboolean relative_url;  /* result URLs are relative to the API */
  guint n_results;        /* of each job, 0 for one */
  guint max_prompt;       /* characters, 0 for no limit */
} SimModel;

const SimModel *sim_models (guint *n_models);
const SimModel *sim_model_lookup (const char *slug);
