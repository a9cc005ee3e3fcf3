/* nanovid: the service's list of models, cached on disk
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

struct _JsonObject;

/**
 * NanogptCatalog:
 *
 * The models that the service lists, with what it says of each.  Immutable.
 */
typedef struct _NanogptCatalog NanogptCatalog;

/**
 * nanogpt_catalog_parse:
 * @body: the response of the listing's endpoint
 * @error: return location for an error
 *
 * Models and parts of models that are not as expected are as if they were not
 * listed.
 *
 * Errors: %NANOGPT_ERROR_BAD_RESPONSE when @body is no list of models, or lists
 * none.
 *
 * Returns: (transfer full) (nullable): the catalog
 */
NanogptCatalog *nanogpt_catalog_parse (GBytes *body, GError **error);
void nanogpt_catalog_free (NanogptCatalog *catalog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptCatalog, nanogpt_catalog_free)

/**
 * nanogpt_catalog_get_model_info:
 *
 * Returns: (transfer none) (nullable): what is listed of @model; to be read
 *   only, and not to be referenced
 */
struct _JsonObject *nanogpt_catalog_get_model_info (
    const NanogptCatalog *catalog, const char *model);

/**
 * nanogpt_catalog_get_parameters:
 *
 * Returns: (transfer none) (nullable): the fields that @model takes, as far as
 *   they are listed; to be read only, and not to be referenced
 */
struct _JsonObject *nanogpt_catalog_get_parameters (
    const NanogptCatalog *catalog, const char *model);

/**
 * nanogpt_catalog_get_slugs:
 *
 * Returns: (transfer container) (element-type utf8): the slugs of all models,
 *   in no order
 */
GList *nanogpt_catalog_get_slugs (const NanogptCatalog *catalog);

/**
 * nanogpt_catalog_load:
 * @state_dir: the directory that nanogpt_catalog_save() was given
 * @origin: the origin that lists the models
 * @age: (out): microseconds since it was saved; %G_MAXINT64 when the clock was
 *   set back since
 *
 * Waits for the disk.  A damaged file is removed.
 *
 * Returns: (transfer full) (nullable): the catalog that was saved, if any
 */
NanogptCatalog *nanogpt_catalog_load (
    const char *state_dir, const char *origin, gint64 *age);

/**
 * nanogpt_catalog_save:
 * @state_dir: a directory, made when it is not there
 * @origin: the origin that lists the models
 * @body: a response that nanogpt_catalog_parse() took
 * @error: return location for an error of #GFileError
 *
 * Keeps the response, in place of the one before, for this user alone.  Waits
 * for the disk.
 */
gboolean nanogpt_catalog_save (
    const char *state_dir, const char *origin, GBytes *body, GError **error);

G_END_DECLS
