<?php
/**
 * Plugin Name:       Advisor Chat
 * Description:       Puts the chat of a Micro-credential Advisor on every page of the site.
 * Version:           0.9.0
 * Requires at least: 6.3
 * Requires PHP:      7.4
 * License:           Apache-2.0
 * License URI:       https://www.apache.org/licenses/LICENSE-2.0
 * Text Domain:       advisor-chat
 */

defined( 'ABSPATH' ) || exit;

const ADVISOR_CHAT_HANDLE = 'advisor-chat';
const ADVISOR_CHAT_HOST   = 'advisor_chat_host';
const ADVISOR_CHAT_SITE   = 'advisor_chat_site';

add_action( 'wp_enqueue_scripts', 'advisor_chat_enqueue' );
add_filter( 'script_loader_tag', 'advisor_chat_tag', 10, 2 );
add_action( 'admin_init', 'advisor_chat_settings' );
add_action( 'admin_menu', 'advisor_chat_menu' );
register_uninstall_hook( __FILE__, 'advisor_chat_uninstall' );

/** Asks for the script once both settings are there. */
function advisor_chat_enqueue() {
	$host = get_option( ADVISOR_CHAT_HOST, '' );
	if ( ! $host || ! get_option( ADVISOR_CHAT_SITE, '' ) ) {
		return;
	}
	// No version: the advisor says itself how long a browser may keep it.
	wp_enqueue_script( ADVISOR_CHAT_HANDLE, $host . '/widget.js', array(), null, array( 'strategy' => 'async', 'in_footer' => true ) );
}

/** Gives the script's tag the name of the site, which WordPress has no field for. */
function advisor_chat_tag( $tag, $handle ) {
	if ( ADVISOR_CHAT_HANDLE !== $handle ) {
		return $tag;
	}
	$site = esc_attr( get_option( ADVISOR_CHAT_SITE, '' ) );
	return preg_replace( '/<script /', '<script data-site="' . $site . '" ', $tag, 1 );
}

function advisor_chat_settings() {
	$fields = array(
		ADVISOR_CHAT_HOST => array( __( 'Address of the advisor', 'advisor-chat' ), 'advisor_chat_host_of', 'https://advisor.example.org' ),
		ADVISOR_CHAT_SITE => array( __( 'Name of this site in the advisor', 'advisor-chat' ), 'advisor_chat_site_of', 'my-college' ),
	);
	add_settings_section( 'advisor_chat', '', '__return_null', 'advisor-chat' );
	foreach ( $fields as $name => list( $label, $check, $example ) ) {
		register_setting( 'advisor_chat', $name, array( 'type' => 'string', 'default' => '', 'sanitize_callback' => $check ) );
		$more = array( 'label_for' => $name, 'example' => $example );
		add_settings_field( $name, $label, 'advisor_chat_field', 'advisor-chat', 'advisor_chat', $more );
	}
}

/** The address as it may stand in a tag, or the one from before where it is none. */
function advisor_chat_host_of( $value ) {
	$value = untrailingslashit( esc_url_raw( trim( $value ), array( 'https', 'http' ) ) );
	if ( '' === $value || preg_match( '#^https?://[^/?\#@\s]+(/[^?\#\s]*)?$#i', $value ) ) {
		return $value;
	}
	add_settings_error( ADVISOR_CHAT_HOST, 'host', __( 'The address begins with https:// and is the advisor\'s own, such as https://advisor.example.org.', 'advisor-chat' ) );
	return get_option( ADVISOR_CHAT_HOST, '' );
}

/** The name, or the one from before where the advisor can have no such site. */
function advisor_chat_site_of( $value ) {
	$value = trim( $value );
	if ( '' === $value || preg_match( '/^[a-z0-9][a-z0-9-]{0,39}$/', $value ) ) {
		return $value;
	}
	add_settings_error( ADVISOR_CHAT_SITE, 'site', __( 'The name has small letters, digits and hyphens only, as in the advisor\'s sites file.', 'advisor-chat' ) );
	return get_option( ADVISOR_CHAT_SITE, '' );
}

function advisor_chat_menu() {
	add_options_page( __( 'Advisor Chat', 'advisor-chat' ), __( 'Advisor Chat', 'advisor-chat' ), 'manage_options', 'advisor-chat', 'advisor_chat_page' );
}

function advisor_chat_field( $more ) {
	printf(
		'<input class="regular-text" id="%1$s" name="%1$s" value="%2$s" placeholder="%3$s">',
		esc_attr( $more['label_for'] ),
		esc_attr( get_option( $more['label_for'], '' ) ),
		esc_attr( $more['example'] )
	);
}

function advisor_chat_page() {
	if ( ! current_user_can( 'manage_options' ) ) {
		return;
	}
	?>
	<div class="wrap">
		<h1><?php echo esc_html( get_admin_page_title() ); ?></h1>
		<p><?php echo esc_html( sprintf( /* translators: %s: an address */ __( 'The advisor\'s sites file must list the address of this site: %s', 'advisor-chat' ), home_url() ) ); ?></p>
		<form action="options.php" method="post">
			<?php
			settings_fields( 'advisor_chat' );
			do_settings_sections( 'advisor-chat' );
			submit_button();
			?>
		</form>
	</div>
	<?php
}

function advisor_chat_uninstall() {
	delete_option( ADVISOR_CHAT_HOST );
	delete_option( ADVISOR_CHAT_SITE );
}
