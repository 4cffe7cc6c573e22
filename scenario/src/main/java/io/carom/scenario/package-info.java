/// Makes logs of an intrusion through a supplier, in the native formats of many products, with the truth
/// beside them.
/// Shares nothing with detection: what finds it may not know how it was made.
@NullMarked
package io.carom.scenario;

import org.jspecify.annotations.NullMarked;
