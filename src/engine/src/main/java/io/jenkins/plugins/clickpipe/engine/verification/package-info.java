/**
 * Compares loaded tables with the source's snapshot and with what readers had before, each server computing its side.
 */
package io.jenkins.plugins.clickpipe.engine.verification;
