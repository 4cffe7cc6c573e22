package io.carom.taxii;

import io.carom.intel.Tlp;
import org.jspecify.annotations.Nullable;

/// A collection as one viewer sees it.
///
/// @param n its row
/// @param id a random UUID
/// @param client whose it is; null where it is shared
/// @param circle objects that are marked stricter are not there for this viewer
public record TaxiiCollection(
        long n, String id, @Nullable String client, String title, String description, Tlp circle, boolean canWrite) {}
