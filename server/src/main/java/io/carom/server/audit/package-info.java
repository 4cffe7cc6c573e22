/// Who read what of whom, and who changed what: a log in which no line can be changed or taken out
/// unnoticed.
@NullMarked
package io.carom.server.audit;

import org.jspecify.annotations.NullMarked;
