"""Analytics: daily counts, queries of them, and the counters of the dashboard."""
