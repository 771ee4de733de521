-- The hits of one chunk as rows of the GA4 daily export.
SELECT
    strftime(h.local_time, '%Y%m%d') AS event_date,
    epoch_us(h.local_time) - getvariable('utc_offset_hours') * 3600000000 AS event_timestamp,
    h.event_name,
    -- One list with gaps, closed at the end: joining short lists costs twice as much.
    list_filter(
        [
            CASE WHEN NOT h.is_anonymous THEN int_param('ga_session_id', session_id) END,
            CASE WHEN NOT h.is_anonymous THEN int_param('ga_session_number', h.session_number) END,
            text_param('page_location', page_location),
            text_param('page_title', CASE WHEN searched_for IS NULL THEN p.title ELSE 'Search results' END),
            -- The tag sends the flag as text with most events and as a number with some.
            CASE
                WHEN is_on('session_engaged_types') AND h.event_name = 'user_engagement'
                    THEN int_param('session_engaged', 1)
                WHEN h.is_engaged AND (is_later OR h.event_name = 'user_engagement')
                    THEN text_param('session_engaged', '1')
                ELSE text_param('session_engaged', '0')
            END,
            int_param('engaged_session_event', 1),
            CASE WHEN is_later THEN int_param('engagement_time_msec', engagement_msec) END,
            CASE
                WHEN is_later THEN text_param('page_referrer', own_url)
                WHEN h.referrer <> '' THEN text_param('page_referrer', h.referrer)
            END,
            CASE WHEN is_entrance THEN int_param('entrances', 1) END,
            CASE WHEN is_entrance AND h.medium <> '(none)' THEN text_param('source', h.source) END,
            CASE
                WHEN is_entrance AND h.medium <> '(none)'
                    THEN text_param('medium', CASE WHEN h.has_bare_click THEN 'organic' ELSE h.medium END)
            END,
            CASE
                WHEN is_entrance AND h.medium <> '(none)'
                    THEN text_param('campaign', CASE WHEN h.has_bare_click THEN '(organic)' ELSE h.campaign END)
            END,
            CASE WHEN h.event_name = 'scroll' THEN int_param('percent_scrolled', 90) END,
            CASE WHEN h.event_name = 'purchase' THEN text_param('transaction_id', transaction_id) END,
            CASE WHEN shows_product THEN double_param('value', amount) END,
            CASE WHEN shows_product THEN text_param('currency', getvariable('currency')) END,
            CASE WHEN h.event_name = 'generate_lead' THEN text_param('form_id', 'contact') END,
            CASE WHEN searched_for IS NOT NULL THEN text_param('search_term', searched_for) END,
            CASE
                WHEN is_on('internal_and_debug_traffic') AND uniform(h.visitor, 'internal') < 0.02
                    THEN text_param('traffic_type', 'internal')
            END,
            CASE
                WHEN is_on('internal_and_debug_traffic') AND uniform(h.visit, 'debug') < 0.005
                    THEN int_param('debug_mode', 1)
            END
        ],
        lambda given: given IS NOT NULL
    ) AS event_params,
    CAST(NULL AS BIGINT) AS event_previous_timestamp,
    CASE WHEN h.event_name = 'purchase' THEN amount * getvariable('usd_rate') END AS event_value_in_usd,
    CAST(hash(h.hit) >> 33 AS BIGINT) AS event_bundle_sequence_id,
    CAST(NULL AS BIGINT) AS event_server_timestamp_offset,
    -- Some who come back sign in.
    CASE
        WHEN NOT h.is_anonymous AND h.session_number > 1 AND uniform(h.visitor, 'account') < 0.3
            THEN 'A' || lpad(CAST(h.random_id AS VARCHAR), 10, '0')
    END AS user_id,
    CASE WHEN NOT h.is_anonymous THEN pseudo_id END AS user_pseudo_id,
    {
        'analytics_storage': CASE WHEN h.is_anonymous THEN 'No' ELSE 'Yes' END,
        'ads_storage': CASE WHEN h.is_anonymous THEN 'No' ELSE 'Yes' END,
        'uses_transient_token': 'No'
    } AS privacy_info,
    CASE WHEN NOT h.is_anonymous THEN epoch_us(getvariable('first_date') + h.first_day) END AS user_first_touch_timestamp,
    {
        'category': h.device,
        'mobile_brand_name': CASE WHEN h.device = 'desktop' THEN NULL WHEN is_apple THEN 'Apple' ELSE 'Samsung' END,
        'operating_system': operating_system,
        'language': g.language,
        'is_limited_ad_tracking': 'No',
        'web_info': {
            'browser': CASE WHEN is_apple AND h.device <> 'desktop' THEN 'Safari' ELSE desktop_browser END,
            'browser_version': '148.0',
            'hostname': getvariable('hostname')
        }
    } AS device,
    {
        'continent': g.continent,
        'sub_continent': g.sub_continent,
        'country': g.country,
        'region': g.region,
        'metro': '(not set)',
        'city': g.city
    } AS geo,
    CASE
        WHEN h.is_anonymous THEN NULL
        WHEN is_on('ai_assistant_series') AND f.channel = 'AI Assistant' AND h.first_day < getvariable('ai_channel_day')
            THEN {'name': '(referral)', 'medium': 'referral', 'source': f.source}
        ELSE {'name': f.campaign, 'medium': f.medium, 'source': f.source}
    END AS traffic_source,
    getvariable('stream_id') AS stream_id,
    'WEB' AS platform,
    {
        'total_item_quantity': CASE WHEN h.event_name = 'purchase' THEN CAST(h.quantity AS BIGINT) END,
        'purchase_revenue_in_usd': CASE WHEN h.event_name = 'purchase' THEN amount * getvariable('usd_rate') END,
        'purchase_revenue': CASE WHEN h.event_name = 'purchase' THEN amount END,
        'unique_items': CASE WHEN h.event_name = 'purchase' THEN CAST(1 AS BIGINT) END,
        'transaction_id': CASE WHEN h.event_name = 'purchase' THEN transaction_id END
    } AS ecommerce,
    CASE
        WHEN is_entrance AND h.has_bare_click
            THEN {'manual_campaign_name': NULL, 'manual_source': NULL, 'manual_medium': NULL, 'gclid': h.gclid}
        WHEN is_entrance AND h.medium NOT IN ('(none)', 'referral', 'organic')
            THEN {'manual_campaign_name': h.campaign, 'manual_source': h.source, 'manual_medium': h.medium, 'gclid': h.gclid}
    END AS collected_traffic_source,
    h.is_engaged OR h.session_number = 1 AS is_active_user,
    CAST(h.position AS BIGINT) AS batch_event_index,
    epoch_ms(h.started_at) AS batch_page_id,
    CAST(1 AS BIGINT) AS batch_ordering_id,
    CASE
        -- A few sessions come without the attribution record, so the older fields must do.
        WHEN NOT h.is_anonymous AND NOT h.has_bare_click AND uniform(h.visit, 'attributed') < 0.93
            THEN {
                'manual_campaign': {'campaign_name': h.campaign, 'source': h.source, 'medium': h.medium},
                'google_ads_campaign': CASE
                    WHEN h.gclid IS NOT NULL
                        THEN {'customer_id': '100-200-3000', 'campaign_name': h.campaign}
                END,
                'cross_channel_campaign': {
                    'campaign_name': h.campaign,
                    'source': h.source,
                    'medium': h.medium,
                    'default_channel_group': h.channel,
                    'primary_channel_group': h.channel
                }
            }
    END AS session_traffic_source_last_click,
    CASE
        WHEN shows_product
            THEN [
                {
                    'item_id': r.item_id,
                    'item_name': r.name,
                    'item_brand': r.brand,
                    'item_category': r.category,
                    'price_in_usd': r.price * getvariable('usd_rate'),
                    'price': r.price,
                    'quantity': CAST(h.quantity AS BIGINT),
                    'item_revenue_in_usd': CASE WHEN h.event_name = 'purchase' THEN amount * getvariable('usd_rate') END,
                    'item_revenue': CASE WHEN h.event_name = 'purchase' THEN amount END
                }
            ]
        ELSE []
    END AS items
FROM (
    SELECT
        *,
        random_id || '.' || CAST(epoch_us(getvariable('first_date') + first_day) // 1000000 AS BIGINT) AS pseudo_id,
        'T' || lpad(CAST(visit AS VARCHAR), 9, '0') AS transaction_id,
        'https://' || getvariable('hostname') || '/' AS own_url,
        CASE
            WHEN is_on('shared_session_numbers') AND session_number = 1 AND uniform(visitor, 'shared number') < 0.1
                THEN epoch_us(getvariable('first_date') + day) // 1000000 + visitor % 3
            ELSE epoch_us(started_at) // 1000000
        END AS session_id,
        CASE
            WHEN event_name = 'view_search_results'
                THEN getvariable('search_terms')[1 + skewed(len(getvariable('search_terms')), visit, 'search term')]
        END AS searched_for,
        position > first_page_at AS is_later,
        position = first_page_at AS is_entrance,
        event_name IN ('view_item', 'add_to_cart', 'begin_checkout', 'purchase') AS shows_product,
        CAST(seconds_per_step * 1000 * (0.4 + 0.6 * uniform(hit, 'time')) AS BIGINT) AS engagement_msec,
        uniform(visitor, 'brand') < 0.55 AS is_apple,
        ['Chrome', 'Chrome', 'Edge', 'Firefox', 'Safari'][1 + skewed(5, visitor, 'browser')] AS desktop_browser,
        CASE
            WHEN device = 'desktop' THEN ['Windows', 'Macintosh', 'Linux'][1 + skewed(3, visitor, 'os')]
            WHEN uniform(visitor, 'brand') < 0.55 THEN 'iOS'
            ELSE 'Android'
        END AS operating_system
    FROM hits
) AS h
JOIN pages AS p ON p.page_id = h.page_id
JOIN countries AS g ON g.country_id = h.country_id
JOIN channels AS f ON f.channel_id = h.channel_id
JOIN (SELECT *, price AS unit_price FROM products) AS r ON r.product_id = h.product_id,
LATERAL (SELECT round(r.unit_price * h.quantity, 2) AS amount) AS a,
LATERAL (
    SELECT CASE
        WHEN searched_for IS NULL THEN address(p.path, h.hit)
        ELSE 'https://' || getvariable('hostname') || '/search?q=' || replace(searched_for, ' ', '+')
    END AS page_location
) AS l;
