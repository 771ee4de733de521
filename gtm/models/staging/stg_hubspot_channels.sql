-- HubSpot's original sources in the words of GA4's channel groups. The last two have no counterpart there.
SELECT source, channel
FROM UNNEST([
  STRUCT('ORGANIC_SEARCH' AS source, 'Organic Search' AS channel),
  STRUCT('PAID_SEARCH' AS source, 'Paid Search' AS channel),
  STRUCT('EMAIL_MARKETING' AS source, 'Email' AS channel),
  STRUCT('SOCIAL_MEDIA' AS source, 'Organic Social' AS channel),
  STRUCT('PAID_SOCIAL' AS source, 'Paid Social' AS channel),
  STRUCT('REFERRALS' AS source, 'Referral' AS channel),
  STRUCT('DIRECT_TRAFFIC' AS source, 'Direct' AS channel),
  STRUCT('AI_REFERRALS' AS source, 'AI Assistant' AS channel),
  STRUCT('OTHER_CAMPAIGNS' AS source, 'Other Campaigns' AS channel),
  STRUCT('OFFLINE' AS source, 'Offline' AS channel)
])
