/// From paths to streams of records: folders, archives, compression, encodings, framing.
@NullMarked
package io.carom.source.input;

import org.jspecify.annotations.NullMarked;
