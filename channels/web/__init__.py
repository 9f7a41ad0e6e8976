"""The website widget's channel: sessions, sites, sending by POST, and a stream of what is said."""
