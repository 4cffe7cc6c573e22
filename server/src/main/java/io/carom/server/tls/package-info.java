/// Certificates: given ones, or those of an authority of the home's own.
@NullMarked
package io.carom.server.tls;

import org.jspecify.annotations.NullMarked;
