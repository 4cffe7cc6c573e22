/// Connections: TLS 1.3, lines, bounds and deadlines.
@NullMarked
package io.carom.mailnet.wire;

import org.jspecify.annotations.NullMarked;
