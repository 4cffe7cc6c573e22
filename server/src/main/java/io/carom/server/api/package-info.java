/// The API of programs and of our own pages: JSON, described by OpenAPI.
@NullMarked
package io.carom.server.api;

import org.jspecify.annotations.NullMarked;
