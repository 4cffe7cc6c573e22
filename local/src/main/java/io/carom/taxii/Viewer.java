package io.carom.taxii;

import io.carom.intel.Tlp;
import org.jspecify.annotations.Nullable;

/// Who asks the collections. Every question takes one: what somebody may not see is not there for them.
///
/// @param client whose own collection is seen, whole; null for those who are nobody's
/// @param circle up to which marking the shared collection is seen; null for none of it
/// @param write whether objects may be added to and deleted from the own collection
public record Viewer(@Nullable String client, @Nullable Tlp circle, boolean write) {}
