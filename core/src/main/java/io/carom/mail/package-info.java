/// Phishing seen through: what a mail says of itself, weighed, with reasons.
@NullMarked
package io.carom.mail;

import org.jspecify.annotations.NullMarked;
