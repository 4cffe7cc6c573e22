/// JSON as a small immutable tree, for documents whose members nobody knows beforehand.
@NullMarked
package io.carom.intel.json;

import org.jspecify.annotations.NullMarked;
