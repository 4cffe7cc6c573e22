/// Questions to the domain name system, only where a user asks for them.
@NullMarked
package io.carom.resolve;

import org.jspecify.annotations.NullMarked;
