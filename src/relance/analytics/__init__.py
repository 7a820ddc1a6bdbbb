"""What it was worth: reports, RFM, attribution. Reads; decides nothing."""
