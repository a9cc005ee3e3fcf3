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
 * The models that the service lists, with what it says about each.  Immutable.
 */
typedef struct _NanogptCatalog NanogptCatalog;

/**
 * nanogpt_catalog_parse:
 * @body: the response of the listing's endpoint
 * @error: return location for an error
 *
 * Models and parts of models that are not as expected are treated as not
 * listed.
 *
 * Errors: %NANOGPT_ERROR_BAD_RESPONSE if @body is not a list of models, or
 * lists none.
 *
 * Returns: (transfer full) (nullable): the catalog
 */
NanogptCatalog *nanogpt_catalog_parse (GBytes *body, GError **error);
void nanogpt_catalog_free (NanogptCatalog *catalog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptCatalog, nanogpt_catalog_free)

/**
 * nanogpt_catalog_get_model_info:
 *
 * Returns: (transfer none) (nullable): the listing of @model; read-only, must
 *   not be referenced
 */
struct _JsonObject *nanogpt_catalog_get_model_info (
    const NanogptCatalog *catalog, const char *model);

/**
 * nanogpt_catalog_get_parameters:
 *
 * Returns: (transfer none) (nullable): the fields that @model accepts, as far
 *   as they are listed; read-only, must not be referenced
 */
struct _JsonObject *nanogpt_catalog_get_parameters (
    const NanogptCatalog *catalog, const char *model);

/**
 * nanogpt_catalog_get_slugs:
 *
 * Returns: (transfer container) (element-type utf8): the slugs of all models,
 *   in no particular order
 */
GList *nanogpt_catalog_get_slugs (const NanogptCatalog *catalog);

/**
 * nanogpt_catalog_load:
 * @state_dir: the directory passed to nanogpt_catalog_save()
 * @origin: the origin that lists the models
 * @age: (out): microseconds since it was saved; %G_MAXINT64 if the clock was
 *   set back since
 *
 * Blocks on the disk.  A damaged file is removed.
 *
 * Returns: (transfer full) (nullable): the catalog that was saved, if any
 */
NanogptCatalog *nanogpt_catalog_load (
    const char *state_dir, const char *origin, gint64 *age);

/**
 * nanogpt_catalog_save:
 * @state_dir: a directory, created if it does not exist
 * @origin: the origin that lists the models
 * @body: a response that nanogpt_catalog_parse() accepted
 * @error: return location for an error of #GFileError
 *
 * Saves the response, in place of the previous one, readable by this user only.
 * Blocks on the disk.
 */
gboolean nanogpt_catalog_save (
    const char *state_dir, const char *origin, GBytes *body, GError **error);

G_END_DECLS
