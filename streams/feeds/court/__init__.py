"""Court feeds: CM/ECF's RSS and CourtListener's JSON go in, docket entries come out."""
