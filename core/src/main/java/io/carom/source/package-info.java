/// Log formats: one file each, and the few types they are written against. Bytes in, event batches out.
@NullMarked
package io.carom.source;

import org.jspecify.annotations.NullMarked;
