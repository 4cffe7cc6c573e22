/// What people and other programs get of an investigation: a page, and files.
@NullMarked
package io.carom.report;

import org.jspecify.annotations.NullMarked;
