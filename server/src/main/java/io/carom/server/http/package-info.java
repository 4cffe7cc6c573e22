/// A way to ask the server, who may, and how it says no.
@NullMarked
package io.carom.server.http;

import org.jspecify.annotations.NullMarked;
